using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>A repo as <c>model ls</c> shows it.</summary>
public sealed record ListedRepo(CachedRepo Found, IReadOnlyList<ListedRevision> Revisions)
{
    /// <summary>As a user would type it, with the type's prefix.</summary>
    public string Name => Found.Repo.ToString();
}

/// <summary>A revision with what is known of it beyond the files that are here.</summary>
/// <param name="Found">What is here.</param>
/// <param name="Path">The snapshot folder.</param>
/// <param name="Files">All files of the commit; null when nothing tells which these are.</param>
/// <param name="Unfinished">Those whose download has begun.</param>
public sealed record ListedRevision(CachedRevision Found, string Path, IReadOnlyList<RepoFile>? Files, IReadOnlyList<UnfinishedFile> Unfinished)
{
    /// <summary>Bytes of the whole commit, equal files once; null when its files are not known.</summary>
    public long? BytesOfAll => Files?.DistinctBy(file => file.ETag).Sum(file => file.Size);

    /// <summary>The name of the file's bytes: its link tells, else the list of the commit; null when neither does.</summary>
    public ETag? ETagOf(CachedFile file) => file.ETag ?? Files?.FirstOrDefault(listed => listed.Path == file.Path)?.ETag;
}

/// <summary>Puts together what the scan finds, what the records know and what is under way.</summary>
public sealed class CacheListing(CacheFolder cache, RepoRecords records)
{
    readonly CacheScan _scan = new(cache, records);
    readonly UnfinishedFiles _unfinished = new(cache, records);

    public IReadOnlyList<ListedRepo> Repos() => [.. _scan.Repos().Select(repo => new ListedRepo(repo, Revisions(repo)))];

    /// <summary>All revisions of the repo, or one.</summary>
    /// <exception cref="NotFoundException">The cache does not have it.</exception>
    public IReadOnlyList<ListedRevision> Revisions(RepoId repo, Revision? revision)
    {
        var found = _scan.Repo(repo) ?? throw new NotFoundException($"{repo} is not in the cache: 'hfmc model ls' shows what is");
        if (revision is not { } named)
            return Revisions(found);
        var commit = cache.Repo(repo).ResolveRef(named);
        return found.Revisions.Any(known => known.Commit == commit)
            ? Revisions(found with { Revisions = [.. found.Revisions.Where(known => known.Commit == commit)] })
            : throw new NotFoundException($"'{named}' of {repo} is not in the cache: 'hfmc model ls -r {repo}' shows what is");
    }

    ListedRevision[] Revisions(CachedRepo repo) =>
        [.. repo.Revisions.Select(revision => new ListedRevision(
            revision,
            cache.Repo(repo.Repo).SnapshotFolder(revision.Commit),
            _scan.Listed(cache.Repo(repo.Repo), revision.Commit),
            _unfinished.Of(repo.Repo, revision.Commit)))];
}
