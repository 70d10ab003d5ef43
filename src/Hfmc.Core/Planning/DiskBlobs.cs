using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>Where on this disk the bytes of a blob may be: under its name in any repo, or in a snapshot that has them as a file.</summary>
/// <param name="engine">Of the cache.</param>
/// <param name="repos">The repos of this cache, listed once for all blobs of an add.</param>
/// <param name="own">The repo that the blob is wanted for.</param>
sealed class DiskBlobs(ModelEngine engine, IReadOnlyList<RepoFolder> repos, RepoFolder own)
{
    readonly Lazy<List<RepoFolder>> _withoutBlobs = new(() => [.. repos.Where(repo => repo.Repo != own.Repo && LooseBlobs.HasNoBlobs(repo))]);

    /// <summary>There is a file of the right size, and nothing speaks against it.</summary>
    public bool MayHave(RepoFile file) =>
        Places(file).Any(place => BlobStamp.Of(place.Path) is { } stamp && engine.Notes.Look(place.Repo.Repo, file.Blob, stamp) is not BlobTrust.Wrong);

    /// <summary>The path of bytes whose digest agrees, whoever put them there; null when there are none.</summary>
    public string? Find(RepoFile file, CancellationToken cancellationToken)
    {
        foreach (var (repo, path) in Places(file))
            if (Agrees(repo, path, file, cancellationToken))
                return path;
        return null;
    }

    IEnumerable<(RepoFolder Repo, string Path)> Places(RepoFile file)
    {
        foreach (var repo in repos)
            if (repo.Locate(file.Blob) is { } path)
                yield return (repo, path);
        foreach (var path in engine.Loose.Find(own, file.Blob, file.Path))
            yield return (own, path);
        foreach (var repo in _withoutBlobs.Value)
            foreach (var path in engine.Loose.Find(repo, file.Blob, null))
                yield return (repo, path);
    }

    bool Agrees(RepoFolder repo, string path, RepoFile file, CancellationToken cancellationToken)
    {
        try
        {
            if (BlobStamp.Of(path) is not { } stamp || engine.Notes.Look(repo.Repo, file.Blob, stamp) is BlobTrust.Wrong)
                return false;
            var agrees = FileDigest.Compute(path, file.ETag.Kind, file.Size, null, cancellationToken) == file.ETag;
            // What lies at the blob's own name may be another file's for good reasons.
            if (agrees || path == repo.BlobFile(file.ETag))
                engine.Notes.Proven(repo.Repo, file.ETag, stamp, agrees);
            return agrees;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false; // Somebody else's, or gone by now: there are other sources.
        }
    }
}
