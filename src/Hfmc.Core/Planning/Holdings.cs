using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// Which files of a commit this cache holds. One that is as it was when it was noted is held; one that something else put there is taken
/// by its size, and noted; one that has changed since is read, and is held when its digest agrees.
/// </summary>
/// <param name="repo">Where they are.</param>
/// <param name="notes">What was noted of its blobs.</param>
/// <param name="commit">Whose files they are.</param>
/// <param name="warn">Told of each whose bytes are wrong.</param>
sealed class Holdings(RepoFolder repo, BlobNotes notes, CommitId commit, Action<string> warn)
{
    readonly HashSet<ETag> _wrong = [];

    public bool Holds(RepoFile file, CancellationToken cancellationToken)
    {
        if (repo.Locate(commit, file) is not { } path || BlobStamp.Of(path) is not { } stamp)
            return false;
        var trust = notes.Take(repo.Repo, file.Blob, stamp);
        if (trust is BlobTrust.Same or BlobTrust.Unknown || (trust is BlobTrust.Changed && Agrees(path, file, stamp, cancellationToken)))
            return true;
        if (_wrong.Add(file.ETag))
            warn($"{file.Path} of {repo.Repo} has other bytes than were put into this cache: it is fetched again, and replaced then");
        return false;
    }

    bool Agrees(string path, RepoFile file, BlobStamp stamp, CancellationToken cancellationToken)
    {
        var agrees = DiskFailure.Guard($"read {path}", () => FileDigest.Compute(path, file.ETag.Kind, file.Size, null, cancellationToken)) == file.ETag;
        notes.Proven(repo.Repo, file.ETag, stamp, agrees);
        return agrees;
    }
}
