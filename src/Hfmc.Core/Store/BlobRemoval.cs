using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Deletes blobs under Python's lock, and only those that no snapshot links to at that moment: a download that found its blob here
/// links to it under the same lock.
/// </summary>
sealed class BlobRemoval(RepoFolder repo, TimeProvider time, TimeSpan patience, Action<string>? beforeStep)
{
    /// <summary>One look at all snapshots serves this many blobs.</summary>
    const int Batch = 64;

    readonly long _start = time.GetTimestamp();

    public async Task<RemovalOutcome> RunAsync(IReadOnlyCollection<ETag> blobs, CancellationToken cancellationToken)
    {
        var busy = new List<ETag>();
        var bytes = 0L;
        foreach (var batch in blobs.Chunk(Batch))
            bytes += await DeleteAsync(batch, TimeSpan.Zero, busy, cancellationToken);

        // Waited for one by one, so that no other blob's lock is held meanwhile; the patience is for all of them together.
        var stillBusy = new List<ETag>();
        foreach (var etag in busy)
            bytes += await DeleteAsync([etag], patience - time.GetElapsedTime(_start), stillBusy, cancellationToken);
        return new(bytes, stillBusy);
    }

    async Task<long> DeleteAsync(ETag[] blobs, TimeSpan wait, List<ETag> busy, CancellationToken cancellationToken)
    {
        var held = new List<(ETag ETag, PythonLock Lock)>();
        try
        {
            foreach (var etag in blobs)
                if (await PythonLock.TakeAsync(repo, etag, wait, time, cancellationToken) is { } taken)
                    held.Add((etag, taken));
                else
                    busy.Add(etag);

            var needed = BlobUse.Names(repo);
            return held.Where(blob => !needed.Contains(blob.ETag.Text)).Sum(blob => Delete(repo.BlobFile(blob.ETag)));
        }
        finally
        {
            held.ForEach(blob => blob.Lock.Dispose());
        }
    }

    long Delete(string file)
    {
        beforeStep?.Invoke(file);
        return DiskFailure.Guard($"delete {file}", () =>
        {
            var size = BlobUse.SizeOf(file);
            File.Delete(file);
            return size;
        });
    }
}
