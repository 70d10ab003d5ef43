namespace Hfmc.Testing;

/// <summary>What one of the two servers knows: how to read an address, and what to answer.</summary>
sealed record Site(HubSide Side, Func<Target, HubRoute> Route, Func<HubRequest, Answer> Answer);
