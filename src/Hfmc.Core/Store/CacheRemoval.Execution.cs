using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Refs go first, then snapshots, then blobs. (huggingface_hub takes snapshots before refs; stopped between the two, it leaves a ref
/// without a snapshot, and with that a repo that its own scan drops.) After a stop anywhere the same removal can be run again, or a prune.
/// </summary>
public sealed partial class CacheRemoval
{
    /// <summary>For tests: called with a path before it is changed; what it throws stops the removal there, as a kill would.</summary>
    internal Action<string>? BeforeStep { get; init; }

    internal TimeSpan LockPatience { get; init; } = PythonLock.Patience;

    /// <summary>Does what was planned; a blob that something links to by now stays.</summary>
    public async Task<RemovalOutcome> ExecuteAsync(RemovalPlan plan, CancellationToken cancellationToken)
    {
        var repo = cache.Repo(plan.Repo);
        // What points to a leaving commit now: it may be more or less than at the time of the plan.
        foreach (var revision in plan.WholeRepo ? repo.Refs().Select(known => known.Revision) : RefsTo(repo, plan.Commits))
            RemoveRef(repo, revision);

        var bytes = 0L;
        foreach (var commit in plan.Commits)
            bytes += RemoveRevision(repo, commit, cancellationToken);
        foreach (var file in plan.Files)
            bytes += RemoveFile(repo, file);

        var blobs = await new BlobRemoval(repo, time, LockPatience, BeforeStep).RunAsync(plan.Blobs, cancellationToken);
        bytes += blobs.Bytes;
        if (plan.WholeRepo && blobs.Busy.Count is 0 && repo.Commits().Count is 0)
            bytes += RemoveRepo(repo);
        bytes += new ChunkLists(cache).DeleteGone(plan.Blobs);
        return new(bytes, blobs.Busy);
    }

    void RemoveRef(RepoFolder repo, Revision revision)
    {
        var file = repo.RefFile(revision);
        Step(file, () =>
        {
            File.Delete(file);
            EmptyFolders.RemoveUpTo(repo.RefsFolder, Path.GetDirectoryName(file) ?? repo.RefsFolder);
        });
    }

    long RemoveRevision(RepoFolder repo, CommitId commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = Discard(repo.SnapshotFolder(commit));
        // After the snapshot: without its list, Python would take a half-removed one for complete.
        foreach (var hint in (string[])[repo.TreeFile(commit), repo.NoExistFolder(commit)])
            Step(hint, () => Delete(hint));
        Step(repo.SnapshotFolder(commit), () => records.Delete(repo.Repo, commit));
        return bytes;
    }

    long RemoveFile(RepoFolder repo, SnapshotFile file)
    {
        var snapshot = repo.SnapshotFolder(file.Commit);
        var entry = file.Path.Below(snapshot);
        var bytes = BlobUse.SizeOf(entry);
        if (records.Read(repo.Repo, file.Commit) is { } record)
            Step(entry, () => records.Write(record with { Files = [.. record.Files.Select(known => Disown(known, file.Path))] }));
        Step(entry, () =>
        {
            Delete(entry);
            EmptyFolders.RemoveUpTo(snapshot, Path.GetDirectoryName(entry) ?? snapshot);
        });
        return bytes;
    }

    static RecordedFile Disown(RecordedFile known, FilePath path) => known.File.Path == path ? known with { Ours = false } : known;

    long RemoveRepo(RepoFolder repo)
    {
        records.DeleteAll(repo.Repo);
        BlobNotes.Delete(cache, repo.Repo);
        return Discard(repo.Root);
    }

    // Out of the hub in one step, so that nobody takes the half that is still there for the whole.
    long Discard(string folder)
    {
        if (!Directory.Exists(folder))
            return 0;
        var bytes = new DirectoryInfo(folder).LinkTarget is null ? SnapshotEntries.Below(folder).Sum(BlobUse.SizeOf) : 0;
        var removed = Path.Combine(cache.RemovedFolder, Guid.NewGuid().ToString("N")[..8]);
        Step(folder, () => removed = MoveOrStay(folder, removed));
        Step(removed, () => Delete(removed));
        return bytes;
    }

    static string MoveOrStay(string folder, string removed)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(removed) ?? removed);
            Directory.Move(folder, removed);
            return removed;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // Another volume, a full disk, or on Windows an open file: then it is deleted where it is.
            return folder;
        }
    }

    // Deletes a link itself, never what it leads to. Somebody may delete the same at the same time.
    internal static void Delete(string path)
    {
        try
        {
            if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null })
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
        }
    }

    void Step(string path, Action work)
    {
        BeforeStep?.Invoke(path);
        DiskFailure.Guard($"remove {path}", work);
    }
}
