namespace Hfmc.Testing;

/// <summary>A request on its way to an endpoint.</summary>
sealed record HubRequest(HubSide Side, Target Target, HubRoute Route, SeenRequest Seen, string Body)
{
    /// <summary>The path in the repo of the file asked for; null when something else is.</summary>
    public string? File => Route.IsFile ? Route.Path : null;

    public string? Token => Seen.Token;

    public bool IsHead => Seen.Method is "HEAD";
}
