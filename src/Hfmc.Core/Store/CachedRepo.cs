using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>What a scan found of a repo. A repo of which only blobs or refs are left has no revisions.</summary>
/// <param name="Revisions">Sorted by commit.</param>
/// <param name="DanglingRefs">Refs without a snapshot; because of one Python's scan drops the whole repo.</param>
/// <param name="Bytes">On disk, each blob once; blobs that no snapshot links to are not counted (<see cref="CachePrune"/>).</param>
public sealed record CachedRepo(
    RepoId Repo, string Folder, IReadOnlyList<CachedRevision> Revisions, IReadOnlyList<CachedRef> DanglingRefs, long Bytes);

/// <summary>A snapshot folder and what it holds.</summary>
/// <param name="Refs">Branches and tags that point here; often none.</param>
/// <param name="Files">Those that lead to bytes, sorted by path; names that are not safe on every system are left out.</param>
/// <param name="Broken">Links that lead nowhere.</param>
/// <param name="Bytes">On disk, each blob once.</param>
/// <param name="Complete">Whether all files of the commit are here at their sizes; null when nothing tells which these are.</param>
public sealed record CachedRevision(
    CommitId Commit,
    IReadOnlyList<Revision> Refs,
    IReadOnlyList<CachedFile> Files,
    IReadOnlyList<FilePath> Broken,
    long Bytes,
    bool? Complete)
{
    /// <summary>Some of its files were asked for by name, and nothing tells the others.</summary>
    public bool IsPartial { get; init; }
}
