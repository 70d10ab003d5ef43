using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>Why an upstream said no, after its X-Error-Code (hub-api, errors) or its status.</summary>
public enum HubReason
{
    /// <summary>No such repo, or one that is hidden from this caller.</summary>
    RepoNotFound,
    RevisionNotFound,
    EntryNotFound,

    /// <summary>The repo's terms must be accepted, or a login is needed.</summary>
    GatedRepo,

    /// <summary>The token itself is not valid.</summary>
    BadToken,
    Forbidden,

    /// <summary>Not a refusal: overloaded, broken, or not the Hub's API.</summary>
    Trouble,
}

/// <summary>An upstream answered, and the answer was not what was asked for.</summary>
public sealed class HubRefusal(HubReason reason, string message, TimeSpan? retryAfter = null, SourceFault? fault = null)
    : SourceException(fault ?? FaultOf(reason), message, retryAfter)
{
    public HubReason Reason { get; } = reason;

    static SourceFault FaultOf(HubReason reason) => reason switch
    {
        HubReason.RepoNotFound or HubReason.RevisionNotFound or HubReason.EntryNotFound => SourceFault.Missing,
        HubReason.GatedRepo or HubReason.BadToken or HubReason.Forbidden => SourceFault.Denied,
        _ => SourceFault.Unreachable,
    };
}
