using Hfmc.Core.Hub;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Sources;

/// <summary>Who named the files of a repo.</summary>
public enum ListingOrigin
{
    Upstream,
    Peers,

    /// <summary>This cache: the commit is known and needs no question, or nobody answers.</summary>
    Cache,
}

/// <summary>A repo at a commit, as it was found.</summary>
/// <param name="Snapshot">Its files.</param>
/// <param name="IsPublic">This node itself got an anonymous yes from an upstream, for a repo that is neither gated nor private.</param>
/// <param name="Origin">Who named the files.</param>
/// <param name="Hubs">Upstreams that may have the bytes, in the order they are asked: all but those that said no.</param>
public sealed record RepoListing(Snapshot Snapshot, bool IsPublic, ListingOrigin Origin, IReadOnlyList<HubClient> Hubs)
{
    /// <summary>Of what this cache says because nobody else does: how long ago the revision was last seen to be this commit.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The peers that named the files are members of this machine's cluster.</summary>
    public bool IsFromMembers { get; init; }

    /// <summary>False when nothing lists the files of the commit, and these are the ones that are here: it may have more.</summary>
    public bool IsList { get; init; } = true;

    /// <summary>The upstream's own JSON of the repo, without the list of files; null when it is not known.</summary>
    public string? Info { get; init; }
}
