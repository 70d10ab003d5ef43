using System.Net;

namespace Hfmc.Testing;

/// <summary>How file addresses answer.</summary>
public enum HubStyle
{
    /// <summary>As huggingface.co: 307 to resolve-cache for small files, 302 to a signed link for large ones.</summary>
    Official,

    /// <summary>As a mirror that turns callers away: 308 to the same path on <see cref="FakeHubOptions.OfficialEndpoint"/>.</summary>
    TurnsAway,

    /// <summary>As a plain mirror: 200 with the bytes, from the address itself.</summary>
    Direct,
}

/// <summary>What a fake hub is like from its start on; sizes in bytes.</summary>
public sealed record FakeHubOptions
{
    public HubStyle Style { get; init; }

    /// <summary>Where <see cref="HubStyle.TurnsAway"/> sends callers.</summary>
    public Uri OfficialEndpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Waited before each answer, on both sides.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The shared uplink of all answers with file bytes; null for as fast as it goes.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>What each connection is held to, as storage hosts do that shape them one by one; null for as fast as it goes.</summary>
    public long? BytesPerSecondEach { get; init; }

    /// <summary>Entries on a page of a tree or a commit list.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>What of the API it does not have.</summary>
    public HubParts Lacks { get; init; }

    /// <summary>What it answers then.</summary>
    public LackStyle LacksWith { get; init; }

    public long LfsThreshold { get; init; } = 1 << 20;

    /// <summary>How long a signed link works.</summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Adds Xet ids, made up, to listings and redirects as huggingface.co does.</summary>
    public bool WithXet { get; init; }

    /// <summary>The clock of commits and signed links. Latency and throttling always take real time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Repos of another hub to serve too; null for a hub with its own.</summary>
    public HubContent? Content { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 for any free port.</summary>
    public int Port { get; init; }

    public int CdnPort { get; init; }
}
