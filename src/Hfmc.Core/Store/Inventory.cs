using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Something that an uninstall leaves where it is, and why.</summary>
public sealed record Staying(string What, string Reason);

/// <summary>Which models in a cache this program put there, after its records: what it may take away again, and what not.</summary>
/// <param name="Removals">One per repo of which something goes.</param>
/// <param name="Stays">Repos of which something stays.</param>
public sealed record Inventory(IReadOnlyList<RemovalPlan> Removals, IReadOnlyList<Staying> Stays)
{
    public const string Imported = "imported from a local folder; --delete-imported takes it away";

    public static Inventory Of(CacheFolder cache, RepoRecords records, CacheRemoval removal, bool deleteImported)
    {
        var (removals, stays) = (new List<RemovalPlan>(), new List<Staying>());
        foreach (var folder in cache.Repos())
        {
            if (LinkedFolders.In(folder) is { } linked)
            {
                stays.Add(new(folder.Repo.ToString(), $"{linked} is a link, and nothing behind it is deleted"));
                continue;
            }
            var shares = folder.Commits().Select(commit => Share.Of(folder, records.Read(folder.Repo, commit), commit, deleteImported)).ToArray();
            if (RemovalOf(folder, records, removal, shares) is { } plan)
                removals.Add(plan);
            stays.AddRange(Reasons(folder, shares));
        }

        return new(removals, stays);
    }

    static RemovalPlan? RemovalOf(RepoFolder folder, RepoRecords records, CacheRemoval removal, Share[] shares)
    {
        CommitId[] whole = [.. shares.Where(share => share.IsWhole).Select(share => share.Commit)];
        SnapshotFile[] files = [.. shares.Where(share => !share.IsWhole).SelectMany(share => share.Ours.Select(path => new SnapshotFile(share.Commit, path)))];
        if (whole.Length + files.Length > 0)
            return removal.PlanParts(folder.Repo, whole, files);
        // A download that was stopped before its first file leaves a folder and a record, and no snapshot.
        return shares.Length is 0 && records.Of(folder.Repo).Any(record => record.Origin is RepoOrigin.Hfmc)
            ? removal.Plan(folder.Repo, revision: null, file: null)
            : null;
    }

    static IEnumerable<Staying> Reasons(RepoFolder folder, Share[] shares)
    {
        if (shares.Any(share => share.IsKeptImport))
            yield return new(folder.Repo.ToString(), Imported);
        if (shares.Sum(share => share.Foreign) is var foreign and > 0)
            yield return new($"{folder.Repo} ({foreign} {(foreign is 1 ? "file" : "files")})", "put there by something else, such as Python");
    }

    /// <summary>How much of a revision is this program's.</summary>
    /// <param name="Ours">Its files, by the record.</param>
    /// <param name="Foreign">How many entries are somebody else's.</param>
    sealed record Share(CommitId Commit, IReadOnlyList<FilePath> Ours, int Foreign, bool IsKeptImport)
    {
        // An empty snapshot folder without a record may be another program's that has just begun.
        public bool IsWhole => Ours.Count > 0 && Foreign is 0;

        public static Share Of(RepoFolder folder, RepoRecord? record, CommitId commit, bool deleteImported)
        {
            var snapshot = folder.SnapshotFolder(commit);
            var entries = SnapshotEntries.Below(snapshot).ToHashSet(StringComparer.Ordinal);
            if (record?.Origin is RepoOrigin.Imported && !deleteImported)
                return new(commit, [], 0, IsKeptImport: true);
            FilePath[] ours = [.. (record?.Files ?? [])
                .Where(file => file.Ours || record?.Origin is RepoOrigin.Imported)
                .Select(file => file.File.Path)
                .Where(path => entries.Contains(path.Below(snapshot)) && LinkedFolders.Above(folder, path.Below(snapshot)) is null)];
            return new(commit, ours, entries.Count - ours.Length, IsKeptImport: false);
        }
    }
}
