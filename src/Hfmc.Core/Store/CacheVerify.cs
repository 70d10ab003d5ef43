using System.Runtime.CompilerServices;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Reads files of the cache and compares their digests: with the list of the commit (record, else Python's) where there is one, else
/// with the blob's name. The list comes first because JavaScript clients name some blobs by a Xet hash, which looks like a sha256.
/// </summary>
/// <param name="cache">What is read.</param>
/// <param name="records">Its lists.</param>
/// <param name="notes">Told what was found; null to keep it from all others.</param>
public sealed class CacheVerify(CacheFolder cache, RepoRecords records, BlobNotes? notes = null)
{
    readonly CacheScan _scan = new(cache, records);

    // A blob is read once, however many files and revisions link to it.
    readonly Dictionary<(string RealPath, DigestKind Kind), ETag?> _digests = [];

    /// <summary>
    /// Yields each file as it is done: of all repos, of one, or of one revision of one. Progress is in bytes read since the last report.
    /// Files that were never downloaded are not missing.
    /// </summary>
    public async IAsyncEnumerable<VerifiedFile> RunAsync(
        RepoId? repo, Revision? revision, IProgress<long>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in repo is { } one ? [cache.Repo(one)] : cache.Repos())
            foreach (var found in Revisions(folder, revision))
            {
                var listed = (_scan.Listed(folder, found.Commit) ?? []).ToDictionary(file => file.Path, file => file.ETag);
                foreach (var file in found.Files)
                    yield return await Task.Run(
                        () => Verify(folder.Repo, found.Commit, file, Expected(listed, file), progress, cancellationToken),
                        cancellationToken);
                foreach (var (path, etag) in Missing(folder, found))
                    yield return new(folder.Repo, found.Commit, path, VerifyResult.Missing, etag, null, 0);
            }
    }

    IEnumerable<CachedRevision> Revisions(RepoFolder folder, Revision? revision)
    {
        var found = _scan.Repo(folder.Repo)?.Revisions
            ?? throw new NotFoundException($"{folder.Repo} is not in the cache: 'hfmc model ls' shows what is");
        if (revision is not { } named)
            return found;
        var commit = folder.ResolveRef(named);
        return found.Any(known => known.Commit == commit)
            ? found.Where(known => known.Commit == commit)
            : throw new NotFoundException(
                $"'{named}' of {folder.Repo} is not in the cache: 'hfmc model ls -r {folder.Repo}' shows what is");
    }

    VerifiedFile Verify(
        RepoId repo, CommitId commit, CachedFile file, ETag? expected, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (expected is not { } wanted)
            return new(repo, commit, file.Path, VerifyResult.Unknown, null, null, file.Size);
        var stamp = BlobStamp.Of(file.RealPath);
        var actual = Digest(file, wanted.Kind, progress, cancellationToken);
        // One that changes while it is read is somebody's work.
        if (actual is { } found && stamp is { } before && BlobStamp.Of(file.RealPath) == stamp)
            notes?.Proven(repo, wanted, before, found == wanted);
        var result = actual is null ? VerifyResult.Unreadable : actual == wanted ? VerifyResult.Good : VerifyResult.Wrong;
        return new(repo, commit, file.Path, result, wanted, actual, file.Size);
    }

    ETag? Digest(CachedFile file, DigestKind kind, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (_digests.TryGetValue((file.RealPath, kind), out var known))
            return known;
        try
        {
            return _digests[(file.RealPath, kind)] = FileDigest.Compute(file.RealPath, kind, file.Size, progress, cancellationToken);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return _digests[(file.RealPath, kind)] = null;
        }
    }

    IEnumerable<(FilePath Path, ETag? ETag)> Missing(RepoFolder folder, CachedRevision revision)
    {
        var here = revision.Files.Select(file => file.Path).ToHashSet();
        var recorded = records.Read(folder.Repo, revision.Commit)?.Files ?? [];
        var gone = recorded.Where(file => file.Ours && !here.Contains(file.File.Path))
            .ToDictionary(file => file.File.Path, file => (ETag?)file.File.ETag);
        foreach (var path in revision.Broken)
            gone.TryAdd(path, LinkName(path.Below(folder.SnapshotFolder(revision.Commit))));
        return gone.OrderBy(file => file.Key).Select(file => (file.Key, file.Value));
    }

    static ETag? Expected(Dictionary<FilePath, ETag> listed, CachedFile file) =>
        listed.TryGetValue(file.Path, out var etag) ? etag : file.ETag;

    static ETag? LinkName(string entry) =>
        ETag.TryParse(Path.GetFileName(new FileInfo(entry).LinkTarget), out var etag) ? etag : null;
}
