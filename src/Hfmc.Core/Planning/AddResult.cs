using Hfmc.Core.Repos;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>What an add left behind. <c>Path</c> is the snapshot folder, or the file when exactly one was named.</summary>
public sealed record AddResult(RepoId Repo, Revision Revision, CommitId Commit, string Path, AddPlan Plan, ListingOrigin Origin, TimeSpan Duration)
{
    /// <summary>How old what the cache says of the revision is, where nobody else named the commit; else null.</summary>
    public TimeSpan? Age { get; init; }
}
