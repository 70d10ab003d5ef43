using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Lists what is in the cache, whoever put it there. Changes nothing, and nothing that it finds makes it fail, save folders that it may
/// not read.
/// </summary>
public sealed class CacheScan(CacheFolder cache, RepoRecords records)
{
    /// <summary>All repos, sorted by folder name, each read when it is asked for.</summary>
    public IEnumerable<CachedRepo> Repos() => cache.Repos().Select(Scan);

    /// <summary>Null when the cache has no folder for it.</summary>
    public CachedRepo? Repo(RepoId repo) => cache.Repo(repo) is var folder && Directory.Exists(folder.Root) ? Scan(folder) : null;

    /// <summary>The files of the commit as the record has them, else as Python's list has them; null when there is neither.</summary>
    public IReadOnlyList<RepoFile>? Listed(RepoFolder repo, CommitId commit) =>
        records.Read(repo.Repo, commit) is { IsPartial: false } record ? [.. record.Files.Select(recorded => recorded.File)] : TreeListing.Read(repo.TreeFile(commit));

    CachedRepo Scan(RepoFolder repo) => DiskFailure.Guard($"read {repo.Root}", () => ScanFolder(repo));

    CachedRepo ScanFolder(RepoFolder repo)
    {
        var refs = repo.Refs();
        var commits = repo.Commits();
        var revisions = commits.Select(commit => Scan(repo, commit, refs)).ToArray();
        var dangling = refs.Where(known => known.Commit is not { } commit || !commits.Contains(commit)).ToArray();
        return new(repo.Repo, repo.Root, revisions, dangling, UniqueBytes(revisions.SelectMany(revision => revision.Files)));
    }

    CachedRevision Scan(RepoFolder repo, CommitId commit, IReadOnlyList<CachedRef> refs)
    {
        var folder = repo.SnapshotFolder(commit);
        var files = new List<CachedFile>();
        var broken = new List<FilePath>();
        foreach (var entry in SnapshotEntries.Below(folder).Order(StringComparer.Ordinal))
        {
            if (!FilePath.TryParse(Path.GetRelativePath(folder, entry).Replace(Path.DirectorySeparatorChar, '/'), out var path))
                continue;
            if (CachedFile.At(path, entry) is { } file)
                files.Add(file);
            else if (!Directory.Exists(entry))
                broken.Add(path);
        }

        var listed = Listed(repo, commit);
        return new(
            commit,
            [.. refs.Where(known => known.Commit == commit).Select(known => known.Revision)],
            files,
            broken,
            UniqueBytes(files),
            listed is null ? null : HasAll(files, listed))
        {
            IsPartial = listed is null && records.Read(repo.Repo, commit) is { IsPartial: true },
        };
    }

    static bool HasAll(IReadOnlyList<CachedFile> files, IReadOnlyList<RepoFile> listed)
    {
        var sizes = files.ToDictionary(file => file.Path, file => file.Size);
        return listed.All(file => sizes.TryGetValue(file.Path, out var size) && size == file.Size);
    }

    static long UniqueBytes(IEnumerable<CachedFile> files) => files.DistinctBy(file => file.RealPath).Sum(file => file.Size);
}
