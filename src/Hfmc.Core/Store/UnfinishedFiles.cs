using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>A file whose download has begun; <c>Held</c> in bytes.</summary>
public sealed record UnfinishedFile(RepoFile File, long Held);

/// <summary>Downloads that have begun and not ended, after the journals in <c>partial/</c> and the records that list their blobs.</summary>
public sealed class UnfinishedFiles(CacheFolder cache, RepoRecords records)
{
    readonly Lazy<HashSet<ETag>> _partials = new(() => [.. InFolder(cache.PartialFolder)]);

    /// <summary>Those of a commit, sorted by path; small files never are among them, they come in one piece.</summary>
    public IReadOnlyList<UnfinishedFile> Of(RepoId repo, CommitId commit)
    {
        if (_partials.Value.Count is 0)
            return [];
        var folder = cache.Repo(repo);
        return [.. (records.Read(repo, commit)?.Files ?? [])
            .Select(recorded => recorded.File)
            .Where(file => _partials.Value.Contains(file.ETag) && folder.Locate(file.Blob) is null)
            .Select(file => new UnfinishedFile(file, Held(file.Blob)))
            .OrderBy(file => file.File.Path)];
    }

    /// <summary>The blobs of which there are bytes or a journal; empty when there is no such folder.</summary>
    internal static IEnumerable<ETag> InFolder(string folder) =>
        DiskFailure.Guard($"read {folder}", () => Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .Select(file => ETag.TryParse(Path.GetFileNameWithoutExtension(file), out var etag) ? etag : (ETag?)null)
            .OfType<ETag>()
            .Distinct();

    long Held(Blob blob)
    {
        try
        {
            return PartialBlob.HeldOnDisk(cache.PartialFolder, blob);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return 0; // It has ended since the folder was read.
        }
    }
}
