using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Output;

/// <summary><c>model rm --json</c>: what went; <c>Bytes</c> were freed, <c>Busy</c> are blobs that had to stay.</summary>
sealed record RemovalJson(
    string Repo, string RepoType, IReadOnlyList<string> Commits, IReadOnlyList<string> Refs, IReadOnlyList<string> Files, long Bytes, IReadOnlyList<string> Busy)
{
    public static RemovalJson Of(ModelRemovalPlan plan, RemovalOutcome done) => new(
        plan.Cached.Repo.Id, plan.Cached.Repo.Type.Singular(),
        [.. plan.Cached.Commits.Select(commit => commit.Text)],
        [.. plan.Cached.Refs.Select(name => name.Text)],
        [.. plan.Cached.Files.Select(file => file.Path.Text)],
        done.Bytes,
        [.. done.Busy.Select(etag => etag.Text)]);
}

/// <summary><c>model prune --json</c>.</summary>
sealed record PruneJson(bool DryRun, long Bytes, IReadOnlyList<PrunedJson> Files, IReadOnlyList<string> Busy);

/// <summary>A file or folder without use; <c>Kind</c> is <c>partial</c>, <c>orphan</c>, <c>removed</c>, <c>list</c>, <c>lock</c> or <c>temporary</c>.</summary>
sealed record PrunedJson(string Kind, string Path, long Bytes)
{
    public static IReadOnlyList<PrunedJson> Of(PrunePlan orphaned, PartialPlan abandoned) =>
    [
        .. abandoned.Blobs.Select(blob => new PrunedJson("partial", blob.Path, blob.Bytes)),
        .. orphaned.Orphans.Select(blob => new PrunedJson("orphan", blob.Path, blob.Size)),
        .. orphaned.Removed.Select(folder => new PrunedJson("removed", folder, SizeOf(folder))),
        .. orphaned.Lists.Select(list => new PrunedJson("list", list.Path, list.Size)),
        .. abandoned.Temporaries.Select(file => new PrunedJson("temporary", file, SizeOf(file))),
        .. abandoned.Locks.Select(file => new PrunedJson("lock", file, 0)),
    ];

    static long SizeOf(string path) =>
        Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.LinkTarget is null ? file.Length : 0)
            : new FileInfo(path) is { Exists: true } found ? found.Length : 0;
}
