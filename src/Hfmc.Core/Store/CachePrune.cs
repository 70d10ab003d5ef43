using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Finds and deletes what no snapshot needs. This program's own partial blobs are not looked at here.</summary>
public sealed class CachePrune(CacheFolder cache, TimeProvider time)
{
    /// <summary>As huggingface_hub, JavaScript and llama.cpp, and the Rust client name what they have not finished.</summary>
    static readonly string[] Unfinished = [".incomplete", ".downloadInProgress", ".part"];

    // Programs without locks put the blob first and the link a moment later.
    static readonly TimeSpan YoungestOrphan = TimeSpan.FromMinutes(1);

    static readonly TimeSpan YoungestLeftover = TimeSpan.FromDays(1);

    readonly ChunkLists _lists = new(cache);

    internal TimeSpan LockPatience { get; init; } = PythonLock.Patience;

    internal Action<string>? BeforeStep { get; init; }

    /// <summary>Of all repos, or of one. Repos that lie behind a link are passed over.</summary>
    public PrunePlan Plan(RepoId? repo)
    {
        var asked = repo is { } one ? [cache.Repo(one)] : cache.Repos();
        RepoFolder[] repos = [.. asked.Where(folder => LinkedFolders.In(folder) is null)];
        return DiskFailure.Guard($"read {cache.Root}", () =>
        {
            OrphanBlob[] orphans = [.. repos.SelectMany(Orphans)];
            string[] removed = repo is null && Directory.Exists(cache.RemovedFolder) ? Directory.GetDirectories(cache.RemovedFolder) : [];
            var lists = repo is null ? _lists.Strays(time) : [];
            return new PrunePlan(orphans, removed, lists, [.. repos.SelectMany(Leftovers)],
                orphans.Sum(orphan => orphan.Size) + removed.SelectMany(SnapshotEntries.Below).Sum(BlobUse.SizeOf) + lists.Sum(list => list.Size));
        });
    }

    /// <summary>Deletes the orphans that are still orphans, the removed folders, and the lists of what is gone then.</summary>
    public async Task<RemovalOutcome> ExecuteAsync(PrunePlan plan, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        var busy = new List<ETag>();
        foreach (var orphans in plan.Orphans.GroupBy(orphan => orphan.Repo, orphan => orphan.ETag))
        {
            var removal = new BlobRemoval(cache.Repo(orphans.Key), time, LockPatience, BeforeStep);
            var outcome = await removal.RunAsync([.. orphans], cancellationToken);
            bytes += outcome.Bytes;
            busy.AddRange(outcome.Busy);
        }

        foreach (var folder in plan.Removed)
        {
            BeforeStep?.Invoke(folder);
            bytes += SnapshotEntries.Below(folder).Sum(BlobUse.SizeOf);
            DiskFailure.Guard($"delete {folder}", () => CacheRemoval.Delete(folder));
        }
        bytes += _lists.DeleteGone([.. plan.Lists.Select(list => list.ETag), .. plan.Orphans.Select(orphan => orphan.ETag)]);

        return new(bytes, busy);
    }

    IEnumerable<OrphanBlob> Orphans(RepoFolder repo)
    {
        var needed = BlobUse.Names(repo);
        return from etag in BlobUse.All(repo)
               where !needed.Contains(etag.Text)
               let file = repo.BlobFile(etag)
               where time.AgeOf(file) >= YoungestOrphan
               select new OrphanBlob(repo.Repo, etag, file, BlobUse.SizeOf(file));
    }

    IEnumerable<Leftover> Leftovers(RepoFolder repo) =>
        from file in Directory.Exists(repo.BlobsFolder) ? Directory.GetFiles(repo.BlobsFolder) : []
        where Unfinished.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)) && time.AgeOf(file) >= YoungestLeftover
        select new Leftover(repo.Repo, file, BlobUse.SizeOf(file), new(File.GetLastWriteTimeUtc(file), TimeSpan.Zero));
}
