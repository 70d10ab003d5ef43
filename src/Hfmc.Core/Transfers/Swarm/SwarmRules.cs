namespace Hfmc.Core.Transfers;

/// <summary>The limits of a swarm, in one place; defaults are those of the daemon.</summary>
public sealed record SwarmRules
{
    /// <summary>Members that fetch from a root (an upstream, or a peer that has all) at once; those with the highest standing.</summary>
    public int Owners { get; init; } = 16;

    /// <summary>Requests to one upstream that the whole crowd should have open: each owner takes its share, and one at least.</summary>
    public int UpstreamRequests { get; init; } = 8;

    /// <summary>Requests to one peer that one blob has open: the second is on its way while the first one's last bytes arrive.</summary>
    public int RequestsPerPeer { get; init; } = 2;

    /// <summary>Requests of one blob in all.</summary>
    public int Requests { get; init; } = 40;

    /// <summary>So many pieces from where a reader stands on come before rare ones.</summary>
    public int ReadAhead { get; init; } = 16;

    /// <summary>Of the members that one knows so many ask for a piece while it still arrives at its owner.</summary>
    public int Followers { get; init; } = 16;

    /// <summary>A peer that sent no byte for so long has lost the piece to others.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After this time a request can be judged by its rate.</summary>
    public TimeSpan Trial { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A peer below this part of the crowd's median rate has lost the piece to others.</summary>
    public double SlowPart { get; init; } = 0.25;

    /// <summary>Who has lost so many pieces owns none any more.</summary>
    public int LostLeases { get; init; } = 3;

    /// <summary>Who has been busy again and again is asked this seldom.</summary>
    public TimeSpan LongestRefusal { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nobody begins a piece that is not its own while its owner may be about to; after this time idle members do, and somewhat later those that own none.</summary>
    public TimeSpan StealAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of one request to a root when nobody else is there; it grows up to this from one piece.</summary>
    public long LongestRun { get; init; } = 16 << 20;

    /// <summary>How long such a request may take, by the rate of those before it.</summary>
    public TimeSpan LongestRunTime { get; init; } = TimeSpan.FromSeconds(0.5);
}
