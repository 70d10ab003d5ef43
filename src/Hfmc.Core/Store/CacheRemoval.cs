using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Removes repos, revisions or single files from the cache; what stays is whole at every moment, also for a Python at work.
/// </summary>
public sealed partial class CacheRemoval(CacheFolder cache, RepoRecords records, TimeProvider time)
{
    /// <summary>
    /// What would go. No revision means all of them; a revision goes with every ref that points to its commit, as in
    /// <c>hf cache rm</c>; with a file, only that goes, and a revision of which it was the last.
    /// </summary>
    public RemovalPlan Plan(RepoId repo, Revision? revision, FilePath? file) =>
        DiskFailure.Guard($"read {cache.Repo(repo).Root}", () => Plan(cache.Repo(repo), revision, file));

    static RemovalPlan Plan(RepoFolder folder, Revision? revision, FilePath? file)
    {
        if (!Directory.Exists(folder.Root))
            throw new NotFoundException($"{folder.Repo} is not in the cache: 'hfmc model ls' shows what is");
        if (LinkedFolders.In(folder) is { } linked)
            throw LinkedFolders.Refusal(linked);

        IReadOnlyList<CommitId> commits = revision is { } named ? [Commit(folder, named)] : folder.Commits();
        if (file is not { } path)
            return Plan(folder, commits, [], wholeRepo: revision is null);

        var having = commits.Where(commit => Has(folder, commit, path)).ToLookup(commit => IsOnlyFile(folder, commit));
        return having.Count > 0
            ? Plan(folder, [.. having[true]], [.. having[false].Select(commit => new SnapshotFile(commit, path))], wholeRepo: false)
            : throw new NotFoundException($"{path} of {folder.Repo} is not in the cache: 'hfmc model ls -r {folder.Repo}' shows what is");
    }

    /// <summary>These revisions of a repo as a whole, and these files of others.</summary>
    public RemovalPlan PlanParts(RepoId repo, IReadOnlyList<CommitId> commits, IReadOnlyList<SnapshotFile> files) =>
        Plan(cache.Repo(repo), commits, files, wholeRepo: false);

    static RemovalPlan Plan(RepoFolder repo, IReadOnlyList<CommitId> commits, IReadOnlyList<SnapshotFile> files, bool wholeRepo)
    {
        var all = SnapshotEntries.Below(repo.SnapshotsFolder);
        wholeRepo |= files.Count is 0 && commits.Count > 0 && IsAll(repo, commits);
        if (wholeRepo)
            return new(repo.Repo, true, repo.Commits(), [.. repo.Refs().Select(known => known.Revision)], [],
                [.. BlobUse.All(repo)], SnapshotEntries.Below(repo.Root).Sum(BlobUse.SizeOf));

        var going = commits.SelectMany(commit => SnapshotEntries.Below(repo.SnapshotFolder(commit)))
            .Concat(files.Select(file => file.Path.Below(repo.SnapshotFolder(file.Commit))))
            .ToHashSet(StringComparer.Ordinal);
        var needed = BlobUse.Names(all.Where(entry => !going.Contains(entry)));
        ETag[] blobs = [.. BlobUse.Blobs(repo, going).Where(etag => !needed.Contains(etag.Text))];
        return new(repo.Repo, false, commits, [.. RefsTo(repo, commits)], files, blobs,
            going.Sum(BlobUse.SizeOf) + blobs.Sum(etag => BlobUse.SizeOf(repo.BlobFile(etag))));
    }

    static CommitId Commit(RepoFolder repo, Revision revision) =>
        repo.ResolveRef(revision) is { } commit && (repo.HasSnapshot(commit) || RefsTo(repo, [commit]).Any())
            ? commit
            : throw new NotFoundException($"'{revision}' of {repo.Repo} is not in the cache: 'hfmc model ls -r {repo.Repo}' shows what is");

    static IEnumerable<Revision> RefsTo(RepoFolder repo, IReadOnlyList<CommitId> commits) =>
        repo.Refs().Where(known => known.Commit is { } commit && commits.Contains(commit)).Select(known => known.Revision);

    // Folders with other names count too: whatever put them there, their links need their blobs.
    static bool IsAll(RepoFolder repo, IReadOnlyList<CommitId> commits) =>
        !Directory.Exists(repo.SnapshotsFolder)
        || Directory.EnumerateFileSystemEntries(repo.SnapshotsFolder).Select(Path.GetFileName)
            .All(name => commits.Any(commit => commit.Text == name));

    static bool Has(RepoFolder repo, CommitId commit, FilePath path)
    {
        var entry = path.Below(repo.SnapshotFolder(commit));
        if (new FileInfo(entry) is { LinkTarget: null, Exists: false })
            return false;
        return LinkedFolders.Above(repo, entry) is { } linked ? throw LinkedFolders.Refusal(linked) : true;
    }

    static bool IsOnlyFile(RepoFolder repo, CommitId commit) => SnapshotEntries.Below(repo.SnapshotFolder(commit)).Count <= 1;
}
