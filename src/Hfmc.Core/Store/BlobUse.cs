using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Which blobs of a repo its snapshots need.</summary>
static class BlobUse
{
    /// <summary>
    /// The file names that links lead through, wherever these lie. Names rather than paths: a link may reach <c>blobs/</c> by another
    /// spelling of the cache's path, and a blob kept too long is better than one deleted too early.
    /// </summary>
    public static HashSet<string> Names(IEnumerable<string> entries) =>
        entries.SelectMany(SnapshotEntries.Hops).Select(Path.GetFileName).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The names that any snapshot of the repo needs at this moment, in folders of whatever name.</summary>
    public static HashSet<string> Names(RepoFolder repo) => Names(SnapshotEntries.Below(repo.SnapshotsFolder));

    /// <summary>The blobs in the repo's own <c>blobs/</c> that these entries lead to: nothing outside is ever deleted.</summary>
    public static IEnumerable<ETag> Blobs(RepoFolder repo, IEnumerable<string> entries) =>
        ETags(entries.SelectMany(SnapshotEntries.Hops).Where(hop => Path.GetDirectoryName(hop) == repo.BlobsFolder)).Distinct();

    /// <summary>All files in <c>blobs/</c> that are named as blobs are.</summary>
    public static IEnumerable<ETag> All(RepoFolder repo) =>
        Directory.Exists(repo.BlobsFolder) ? ETags(Directory.GetFiles(repo.BlobsFolder)) : [];

    static IEnumerable<ETag> ETags(IEnumerable<string> files)
    {
        foreach (var file in files)
            if (ETag.TryParse(Path.GetFileName(file), out var etag) && File.Exists(file))
                yield return etag;
    }

    /// <summary>Bytes of a file itself; 0 for a link or when it is gone.</summary>
    public static long SizeOf(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null } found ? found.Length : 0;
}
