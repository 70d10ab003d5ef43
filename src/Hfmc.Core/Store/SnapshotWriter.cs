using System.Collections.Concurrent;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Puts files into the snapshots of a repo. The order that keeps a concurrent scan whole is the caller's: the blob first, then
/// <see cref="Link"/>, then <see cref="WriteRef"/>; <see cref="Prepare"/> before all. Safe for several threads.
/// </summary>
/// <param name="copyFiles">Never link, as HF_HUB_DISABLE_SYMLINKS asks, even where links could be made.</param>
public sealed partial class SnapshotWriter(CacheFolder cache, RepoId repo, bool copyFiles = false)
{
    readonly RepoFolder _repo = cache.Repo(repo);

    // Without links a new blob is moved; a second file of the same bytes is then copied from where the first one went.
    readonly ConcurrentDictionary<ETag, string> _moved = new();

    FileSystemTraits Traits => cache.Traits;

    /// <summary>Makes the repo's folders: one that has blobs but no <c>snapshots</c> is corrupted in the eyes of Python's scan.</summary>
    public void Prepare() =>
        DiskFailure.Guard($"write below {_repo.Root}", () =>
        {
            Directory.CreateDirectory(_repo.SnapshotsFolder);
            Directory.CreateDirectory(_repo.BlobsFolder);
        });

    /// <summary>
    /// Makes the blob visible as a file of the commit and returns the entry's path. An existing link is replaced; a regular file is left,
    /// unless the blob is new: then the file was missing or wrong.
    /// Where links cannot be made, a new blob is moved into the snapshot and any other is copied.
    /// </summary>
    public string Link(CommitId commit, FilePath path, ETag etag, bool isNewBlob = false)
    {
        var entry = path.Below(_repo.SnapshotFolder(commit));
        DiskFailure.Guard($"put {path} of {repo} into its snapshot", () =>
        {
            if (!TryLinkNew(entry, path, etag))
                LinkOver(entry, path, etag, isNewBlob);
            // Python believes this marker before it looks at the snapshot.
            if (_repo.IsKnownMissing(commit, path))
                File.Delete(_repo.NoExistFile(commit, path));
        });
        return entry;
    }

    // Of thousands of files nearly all are new in a folder that is there: the link itself finds out whether this one is.
    bool TryLinkNew(string entry, FilePath path, ETag etag)
    {
        if (path.Depth > 0)
            RefuseForeignLinks(entry, path);
        if (!Traits.HasLinks || copyFiles || !File.Exists(_repo.BlobFile(etag)))
            return false;
        try
        {
            File.CreateSymbolicLink(entry, TargetOf(path, etag));
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false; // Something is in the way, or the folder is missing: who looks closely knows what to say of it.
        }
    }

    void LinkOver(string entry, FilePath path, ETag etag, bool isNewBlob)
    {
        PrepareFolder(entry, path);
        var existing = new FileInfo(entry);
        var oldTarget = existing.LinkTarget;
        if (oldTarget != TargetOf(path, etag) && (oldTarget is not null || existing.Exists))
            RefuseTwin(entry, path);
        if (oldTarget is not null || !existing.Exists || isNewBlob)
            Place(entry, path, etag, isNewBlob, oldTarget);
    }

    void Place(string entry, FilePath path, ETag etag, bool isNewBlob, string? oldTarget)
    {
        var blob = _repo.BlobFile(etag);
        if (Traits.HasLinks && !copyFiles)
        {
            if (!File.Exists(blob))
                throw new DiskException($"the blob {etag} of {repo} is gone from the cache: run the command again");
            PlaceLink(entry, TargetOf(path, etag), oldTarget);
        }
        else
        {
            PlaceFile(entry, blob, etag, isNewBlob);
        }
    }

    void PlaceLink(string entry, string target, string? oldTarget)
    {
        if (oldTarget == target)
            return;
        if (oldTarget is null && !File.Exists(entry) && TryCreateLink(entry, target))
            return;

        // Renamed over the old one, so that no reader finds the place empty.
        var temporary = AtomicFile.TemporaryIn(_repo.Root);
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, entry, overwrite: true);
    }

    void PlaceFile(string entry, string blob, ETag etag, bool isNewBlob)
    {
        if (isNewBlob && File.Exists(blob))
        {
            File.Move(blob, entry, overwrite: true);
            _moved[etag] = entry;
            return;
        }

        var temporary = AtomicFile.TemporaryIn(_repo.Root);
        File.Copy(File.Exists(blob) ? blob : _moved.GetValueOrDefault(etag, blob), temporary);
        File.Move(temporary, entry, overwrite: true);
    }

    void PrepareFolder(string entry, FilePath path)
    {
        var folder = Path.GetDirectoryName(entry) ?? entry;
        RefuseForeignLinks(entry, path);
        for (var (at, above) = (folder, _repo.SnapshotsFolder); at.Length > above.Length; at = Path.GetDirectoryName(at) ?? above)
            if (File.Exists(at))
                throw new DiskException(
                    $"{path} of {repo} cannot be put in place: {at} is a file, and has to be a folder; remove it and run this again");
        Directory.CreateDirectory(folder);

        if (Directory.Exists(entry) && new FileInfo(entry).LinkTarget is null)
            throw new DiskException(
                $"{path} of {repo} cannot be put in place: {entry} is a folder, and has to be a file; remove it and run this again");
    }

    // Who shares the cache could have this user's files written to wherever a link of his leads.
    void RefuseForeignLinks(string entry, FilePath path)
    {
        if (TrustedPath.HasForeignLink(_repo.SnapshotsFolder, Path.GetDirectoryName(entry) ?? entry))
            throw new DiskException($"{path} of {repo} is not put in place: a folder on the way to {entry} is a link of another user; look at it, and remove it");
    }

    void RefuseTwin(string entry, FilePath path)
    {
        if ((Traits.FoldsCase || Traits.FoldsForm) && Twin(entry) is { } twin)
            throw new DiskException(
                $"{path} of {repo} cannot be put beside {twin}: the file system of the cache does not tell their names apart "
                + "(upper and lower case, or one letter written in two ways); use a cache on another disk");
    }

    /// <summary>The name under which the entry really lies there, when it is another than was asked for; else null.</summary>
    internal static string? Twin(string entry)
    {
        var name = Path.GetFileName(entry);
        string[] there = [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(entry) ?? "/").Select(Path.GetFileName).OfType<string>()];
        if (there.Contains(name))
            return null;
        // Which one it is, only the file system knows for sure: both names then lead to the same link.
        return Array.Find(there, other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase))
            ?? Array.Find(there, other => IsSame(entry, Path.Combine(Path.GetDirectoryName(entry) ?? "/", other))) ?? "a file whose name looks the same";
    }

    static bool IsSame(string entry, string other) => new FileInfo(entry).LinkTarget is { } target && new FileInfo(other).LinkTarget == target;

    // One "../" for the commit's folder, one for snapshots, and one for each folder that the file lies in.
    static string TargetOf(FilePath path, ETag etag) =>
        Path.Combine([.. Enumerable.Repeat("..", path.Depth + 2), "blobs", etag.Text]);

    static bool TryCreateLink(string entry, string target)
    {
        try
        {
            File.CreateSymbolicLink(entry, target);
            return true;
        }
        catch (IOException) when (new FileInfo(entry).LinkTarget is not null)
        {
            // Somebody else was quicker; the caller replaces the link, which is right even if it is the same one.
            return false;
        }
    }
}
