using System.Collections.Concurrent;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Finds bytes of a blob that lie under another name than the blob's: without links a file is in its snapshot and nowhere else, and
/// JavaScript clients name some blobs by a Xet hash. Lists of commits, and equal paths and sizes, say where to look; only the digest
/// says what it is. Safe for several threads.
/// </summary>
public sealed class LooseBlobs(RepoRecords records)
{
    // Files whose places are kept, of one repo and of all.
    const int MostListed = 200_000, MostKept = 400_000;

    // Commits in which the same path is looked at.
    const int MostCompared = 32;

    readonly ConcurrentDictionary<RepoId, Listed> _listed = [];

    /// <summary>Files of the right size that may be the blob, in the repo's snapshots; <paramref name="path"/> is one that it has in some commit.</summary>
    public IEnumerable<string> Find(RepoFolder repo, Blob blob, FilePath? path)
    {
        var commits = repo.Commits();
        var places = ListedOf(repo, commits).Files[blob.ETag].Concat(path is { } same ? commits.Take(MostCompared).Select(commit => (commit, same)) : []).Distinct();
        foreach (var (commit, at) in places)
            if (repo.FindFile(commit, at) is { } entry && entry.Size == blob.Size && entry.RealPath != repo.BlobFile(blob.ETag))
                yield return entry.RealPath;
    }

    /// <summary>It keeps its files in snapshots, as without links.</summary>
    public static bool HasNoBlobs(RepoFolder repo) => !Directory.Exists(repo.BlobsFolder) || !Directory.EnumerateFileSystemEntries(repo.BlobsFolder).Any();

    // The list of a commit never changes, so it is read once.
    Listed ListedOf(RepoFolder repo, IReadOnlyList<CommitId> commits)
    {
        if (_listed.TryGetValue(repo.Repo, out var known) && known.Commits.SequenceEqual(commits))
            return known;
        var files = new List<(ETag ETag, (CommitId, FilePath) Place)>();
        foreach (var commit in commits)
        {
            if (files.Count > MostListed)
                break;
            foreach (var file in records.Read(repo.Repo, commit)?.Files.Select(file => file.File) ?? TreeListing.Read(repo.TreeFile(commit)) ?? [])
                files.Add((file.ETag, (commit, file.Path)));
        }
        if (_listed.Values.Sum(listed => listed.Count) > MostKept)
            _listed.Clear();
        return _listed[repo.Repo] = new(commits, files.ToLookup(file => file.ETag, file => file.Place), files.Count);
    }

    sealed record Listed(IReadOnlyList<CommitId> Commits, ILookup<ETag, (CommitId, FilePath)> Files, int Count);
}
