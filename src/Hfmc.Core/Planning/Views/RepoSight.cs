using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>What a caller may know of a repo at a revision before its files are listed: that it is there, which commit it is, and who says so.</summary>
/// <param name="Repo">The repo, as it was asked for.</param>
/// <param name="Commit">What the revision is.</param>
/// <param name="IsPublic">An upstream has shown it to a stranger, neither private nor gated.</param>
/// <param name="Origin">Who says so.</param>
/// <param name="Hubs">The upstreams, with the caller's own token.</param>
/// <param name="Caller">Who asks.</param>
public sealed record RepoSight(RepoId Repo, CommitId Commit, bool IsPublic, ListingOrigin Origin, IReadOnlyList<HubClient> Hubs, ViewCaller Caller)
{
    /// <summary>The upstream's own answer; null when this cache or peers answer.</summary>
    public UpstreamAnswer? Answer { get; init; }

    /// <summary>The caller's token was needed for the answer.</summary>
    internal bool NeededToken { get; init; }

    /// <summary>Its files, when they are known already, all or some.</summary>
    internal Snapshot? Known { get; init; }

    /// <summary>What the caller is told of files that are not in <see cref="Known"/>; null for that nobody lists them now.</summary>
    internal ViewException? Otherwise { get; init; }

    /// <summary>How many files the upstream names; null when it does not say.</summary>
    internal int? Files { get; init; }

    /// <summary>No upstream has given a final word just now.</summary>
    public bool UpstreamIsSilent { get; init; }

    /// <summary>The upstream's own JSON of the repo without its files, of now or as it was kept; null when it is not known.</summary>
    public string? Info { get; init; }
}
