using System.Collections.Concurrent;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>Computes the digests of blobs that may have been changed: each once for all who ask, and a few at a time. Safe for several threads.</summary>
sealed class BlobChecks(BlobNotes notes, CancellationToken ending) : IDisposable
{
    const int MostAtOnce = 2;

    readonly SemaphoreSlim _places = new(MostAtOnce);
    readonly ConcurrentDictionary<(string, BlobStamp), Lazy<Task<bool>>> _running = [];

    /// <summary>Whether the file at <paramref name="path"/> is the blob; it is noted. False also when it cannot be read.</summary>
    public Task<bool> AgreesAsync(RepoId repo, Blob blob, string path) => BlobStamp.Of(path) is { } stamp
        ? _running.GetOrAdd((path, stamp), key => new(() => Task.Run(() => RunAsync(repo, blob, path, key.Item2), CancellationToken.None))).Value
        : Task.FromResult(false);

    public void Dispose() => _places.Dispose();

    async Task<bool> RunAsync(RepoId repo, Blob blob, string path, BlobStamp stamp)
    {
        try
        {
            await _places.WaitAsync(ending);
            try
            {
                var agrees = FileDigest.Compute(path, blob.ETag.Kind, blob.Size, null, ending) == blob.ETag;
                // One that changes while it is read is looked at again.
                if (BlobStamp.Of(path) == stamp)
                    notes.Proven(repo, blob.ETag, stamp, agrees);
                return agrees;
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception error) when (error is OperationCanceledException || DiskFailure.Is(error))
        {
            return false;
        }
        finally
        {
            _running.TryRemove((path, stamp), out _);
        }
    }
}
