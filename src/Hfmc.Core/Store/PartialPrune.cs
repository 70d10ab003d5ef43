using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>An unfinished blob on disk; <c>Bytes</c> is the most that comes free, since it may have gaps.</summary>
public sealed record AbandonedPartial(ETag ETag, string Path, long Bytes);

/// <summary>What lies in <c>partial/</c> without use.</summary>
/// <param name="Blobs">Unfinished blobs that nobody wants any more.</param>
/// <param name="Locks">Lock files without a blob.</param>
/// <param name="Temporaries">Files of runs that were killed, a day old or more.</param>
public sealed record PartialPlan(IReadOnlyList<AbandonedPartial> Blobs, IReadOnlyList<string> Locks, IReadOnlyList<string> Temporaries)
{
    public bool IsEmpty => Blobs.Count + Locks.Count + Temporaries.Count is 0;

    public long Bytes => Blobs.Sum(blob => blob.Bytes) + Temporaries.Sum(BlobUse.SizeOf);
}

/// <summary>What a prune of partials did.</summary>
/// <param name="Busy">Blobs that another process is at work on; they stay.</param>
public sealed record PartialOutcome(long Bytes, IReadOnlyList<ETag> Busy);

/// <summary>Finds and deletes unfinished downloads that no record wants, and what killed runs left beside them.</summary>
public sealed class PartialPrune(CacheFolder cache, RepoRecords records, TimeProvider time)
{
    static readonly TimeSpan YoungestTemporary = TimeSpan.FromDays(1), Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of the whole cache.</summary>
    public PartialPlan Plan()
    {
        var files = Files();
        var partials = UnfinishedFiles.InFolder(cache.PartialFolder).ToHashSet();
        var wanted = Wanted();
        return new(
            [.. partials.Where(etag => !wanted.Contains(etag)).Select(Abandoned)],
            [.. files.Where(file => file.EndsWith(".lock", StringComparison.Ordinal)
                && ETag.TryParse(Path.GetFileNameWithoutExtension(file), out var etag) && !partials.Contains(etag))],
            [.. files.Where(file => file.EndsWith(".tmp", StringComparison.Ordinal) && time.AgeOf(file) >= YoungestTemporary)]);
    }

    /// <summary>Of these blobs, those of which there is something on disk and that no record wants, once the removed files are out of them.</summary>
    public PartialPlan Plan(IEnumerable<ETag> blobs, Func<RepoId, CommitId, FilePath, bool> isRemoved)
    {
        var partials = UnfinishedFiles.InFolder(cache.PartialFolder).ToHashSet();
        var wanted = Wanted(isRemoved);
        return new([.. blobs.Distinct().Where(etag => partials.Contains(etag) && !wanted.Contains(etag)).Select(Abandoned)], [], []);
    }

    /// <summary>Deletes what nobody holds; a download that has just been cancelled gets <paramref name="patience"/> to let go.</summary>
    public async Task<PartialOutcome> ExecuteAsync(PartialPlan plan, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var busy = new List<ETag>();
        var bytes = 0L;
        foreach (var blob in plan.Blobs)
        {
            bool discarded;
            while (!(discarded = TryDiscard(blob.ETag)) && time.GetElapsedTime(begun) < patience)
                await Task.Delay(Pause, time, cancellationToken);
            if (discarded)
                bytes += blob.Bytes;
            else
                busy.Add(blob.ETag);
        }

        bytes += new ChunkLists(cache).DeleteGone(plan.Blobs.Select(blob => blob.ETag));
        foreach (var file in plan.Locks)
            DeleteLock(file);
        foreach (var file in plan.Temporaries)
        {
            bytes += BlobUse.SizeOf(file);
            DiskFailure.Guard($"delete {file}", () => File.Delete(file));
        }
        return new(bytes, busy);
    }

    // A blob is wanted while a record lists it for a repo that does not have it.
    HashSet<ETag> Wanted(Func<RepoId, CommitId, FilePath, bool>? isRemoved = null) =>
        [.. from record in records.All()
            let folder = cache.Repo(record.Repo)
            from file in record.Files.Select(recorded => recorded.File)
            where isRemoved?.Invoke(record.Repo, record.Commit, file.Path) is not true && folder.Locate(file.Blob) is null
            select file.ETag];

    AbandonedPartial Abandoned(ETag etag)
    {
        var file = new PartialPaths(cache.PartialFolder, etag).Bytes;
        return new(etag, file, BlobUse.SizeOf(file));
    }

    bool TryDiscard(ETag etag)
    {
        var paths = new PartialPaths(cache.PartialFolder, etag);
        return DiskFailure.Guard($"delete {paths.Bytes}", () =>
        {
            using var ours = PartialLock.TryTake(paths.Lock);
            if (ours is null)
                return false;
            // The journal first: bytes without one are begun anew, a journal without bytes would claim them.
            File.Delete(paths.Journal);
            File.Delete(paths.Bytes);
            ours.Delete();
            return true;
        });
    }

    void DeleteLock(string file)
    {
        using var ours = DiskFailure.Guard($"delete {file}", () => PartialLock.TryTake(file));
        // Held by us now, so nobody can begin; somebody may have begun and ended since the plan.
        if (ours is not null && !File.Exists(Path.ChangeExtension(file, null)))
            ours.Delete();
    }

    IReadOnlyList<string> Files() =>
        DiskFailure.Guard($"read {cache.PartialFolder}", () => Directory.Exists(cache.PartialFolder) ? Directory.GetFiles(cache.PartialFolder) : []);
}
