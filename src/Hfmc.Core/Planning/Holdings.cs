using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// Which files of a commit this cache holds for certain. What this program put there was checked then; what others put there
/// (Python does not check) is read once and held against its digest.
/// </summary>
sealed class Holdings(RepoFolder repo, RepoRecords records, CommitId commit)
{
    readonly HashSet<Blob> _checked = [.. records.Of(repo.Repo).SelectMany(record => record.Files).Where(file => file.Ours).Select(file => file.File.Blob)];

    public bool Holds(RepoFile file, CancellationToken cancellationToken)
    {
        // Without links the bytes are in the snapshot itself.
        var path = repo.Locate(file.Blob) ?? (repo.FindFile(commit, file.Path) is { IsLink: false } entry && entry.Size == file.Size ? entry.RealPath : null);
        if (path is null)
            return false;
        if (_checked.Contains(file.Blob))
            return true;
        var agrees = DiskFailure.Guard($"read {path}", () => FileDigest.Compute(path, file.ETag.Kind, file.Size, null, cancellationToken)) == file.ETag;
        if (agrees)
            _checked.Add(file.Blob);
        return agrees;
    }
}
