using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>What is written beside the files: refs, the list of files, and the names that are known to be missing.</summary>
public sealed partial class SnapshotWriter
{
    /// <summary>
    /// Lets the revision point to the commit, whose snapshot folder must be there: a ref without one makes Python's scan drop the whole
    /// repo. Nothing is written for a revision that is a commit, nor when the ref says so already, and nothing else: Python takes no line end.
    /// </summary>
    public void WriteRef(Revision revision, CommitId commit)
    {
        revision = revision.OrDefault;
        if (revision.IsCommit || (_repo.ResolveRef(revision) == commit && new FileInfo(_repo.RefFile(revision)) is { Exists: true, Length: var length } && length == commit.Text.Length))
            return;
        if (!_repo.HasSnapshot(commit))
            throw new DiskException($"the snapshot {commit.Short} of {repo} is gone from the cache: run the command again");

        var file = _repo.RefFile(revision);
        DiskFailure.Guard($"let '{revision}' of {repo} point to {commit.Short}", () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? _repo.RefsFolder);
            // The temporary file lies outside refs/, where Python would count it as a ref.
            AtomicFile.Write(file, System.Text.Encoding.ASCII.GetBytes(commit.Text), _repo.Root);
        });
    }

    /// <summary>Writes the list of files by which Python knows offline whether the snapshot is complete; an equal one is left.</summary>
    public void WriteTree(Snapshot snapshot)
    {
        var file = _repo.TreeFile(snapshot.Commit);
        if (TreeListing.Read(file) is { } known && Same(known, snapshot.Files))
            return;
        DiskFailure.Guard($"write the list of files of {repo}", () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? _repo.Root);
            AtomicFile.Write(file, TreeListing.Write(snapshot), _repo.Root);
        });
    }

    /// <summary>
    /// Remembers that an upstream has no such file, which saves Python a question per optional file. False when there is no snapshot
    /// folder, or no room for the mark: it is only a hint.
    /// </summary>
    public bool MarkNoExist(CommitId commit, FilePath path)
    {
        var file = _repo.NoExistFile(commit, path);
        if (!_repo.HasSnapshot(commit))
            return false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? _repo.Root);
            using var mark = File.Open(file, FileMode.OpenOrCreate, FileAccess.Write);
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false;
        }
    }

    // Xet ids apart: Python's list may hold them, and it is as good as ours.
    static bool Same(IReadOnlyList<RepoFile> known, IReadOnlyList<RepoFile> files) =>
        known.Count == files.Count
        && known.Select(file => (file.Path, file.Blob)).ToHashSet().SetEquals(files.Select(file => (file.Path, file.Blob)));
}
