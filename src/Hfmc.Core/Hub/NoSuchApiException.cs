namespace Hfmc.Core.Hub;

/// <summary>An upstream does not have a part of the Hub's API; there may be another way to learn the same.</summary>
sealed class NoSuchApiException() : Exception("the upstream does not have this part of the Hub's API");
