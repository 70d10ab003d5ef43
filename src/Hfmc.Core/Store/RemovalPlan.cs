using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>What a removal would take away.</summary>
/// <param name="WholeRepo">Nothing would be left, so the repo's folder goes.</param>
/// <param name="Commits">Revisions that go as a whole.</param>
/// <param name="Refs">Branches and tags that point to these.</param>
/// <param name="Files">Single files that go from revisions that stay.</param>
/// <param name="Blobs">Blobs that nothing that stays links to.</param>
/// <param name="Bytes">Disk space that comes free, as far as the blobs are not hard links to those of another repo.</param>
public sealed record RemovalPlan(
    RepoId Repo,
    bool WholeRepo,
    IReadOnlyList<CommitId> Commits,
    IReadOnlyList<Revision> Refs,
    IReadOnlyList<SnapshotFile> Files,
    IReadOnlyList<ETag> Blobs,
    long Bytes);

/// <summary>A file of a snapshot, by name.</summary>
public readonly record struct SnapshotFile(CommitId Commit, FilePath Path);

/// <summary>What a removal did.</summary>
/// <param name="Bytes">Disk space freed.</param>
/// <param name="Busy">Blobs left because another program held their lock all the time; <see cref="CachePrune"/> takes them later.</param>
public sealed record RemovalOutcome(long Bytes, IReadOnlyList<ETag> Busy);
