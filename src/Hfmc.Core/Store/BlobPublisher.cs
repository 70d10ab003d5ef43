using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Gives verified bytes their name in a repo: durable first, then renamed while Python's lock is held. The lock is waited for
/// briefly and never held longer: a Python client may hold it while it waits for bytes from us. The links to the blob are made
/// under the same lock (<c>link</c>), so that nobody who removes unlinked blobs comes between.
/// </summary>
/// <param name="cache">Where blobs get their names.</param>
/// <param name="time">The clock.</param>
/// <param name="notes">Told how each blob looks; null for a test without them.</param>
public sealed class BlobPublisher(CacheFolder cache, TimeProvider time, BlobNotes? notes = null)
{
    readonly VolumeSync _sync = new(cache.PartialFolder, time, () => notes?.Write());

    /// <summary>Publishes a complete partial whose digest agreed; returns the blob's path.</summary>
    public Task<string> PublishAsync(RepoFolder repo, PartialBlob partial, Action link, CancellationToken cancellationToken) =>
        NameAsync(repo, partial.Blob, target => MoveTo(repo, partial, target), partial.Discard, link, cancellationToken);

    /// <summary>Publishes a small blob whose digest agreed.</summary>
    public async Task<string> PublishAsync(RepoFolder repo, MemoryBlob small, Action link, CancellationToken cancellationToken)
    {
        var temporary = AtomicFile.TemporaryIn(cache.PartialFolder);
        try
        {
            DiskFailure.Guard($"write {temporary}", () => WriteNew(temporary, small.Bytes.Span));
            Note(repo, small.Blob, temporary, isDurable: false);
            await _sync.MakeDurableAsync(temporary);
            return await NameAsync(repo, small.Blob, target => File.Move(temporary, target, overwrite: true), () => File.Delete(temporary), link, cancellationToken);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Publishes a file of our own in <c>partial/</c> whose digest agreed; those that are published together share one sync. The caller links it.</summary>
    public async Task<string> PublishAsync(RepoFolder repo, Blob blob, string verified, CancellationToken cancellationToken)
    {
        Note(repo, blob, verified, isDurable: false);
        await _sync.MakeDurableAsync(verified);
        return await NameAsync(repo, blob, target => File.Move(verified, target, overwrite: true), () => File.Delete(verified), () => { }, cancellationToken);
    }

    /// <summary>Gives the repo a blob that another one has: the same file where the volume allows it, else a copy.</summary>
    public async Task<string> ShareAsync(RepoFolder repo, string existing, Blob blob, Action link, CancellationToken cancellationToken)
    {
        if (existing == repo.BlobFile(blob.ETag))
        {
            link();
            return existing;
        }
        var temporary = AtomicFile.TemporaryIn(cache.PartialFolder);
        try
        {
            DiskFailure.Guard($"copy {existing}", () => FileCopy.LinkOrCopy(existing, temporary));
            Note(repo, blob, temporary, isDurable: false);
            notes?.Write();
            return await NameAsync(repo, blob, target => File.Move(temporary, target, overwrite: true), () => { }, link, cancellationToken);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    async Task<string> NameAsync(RepoFolder repo, Blob blob, Action<string> move, Action discard, Action link, CancellationToken cancellationToken)
    {
        var target = repo.BlobFile(blob.ETag);
        if (!Directory.Exists(repo.BlobsFolder))
            DiskFailure.Guard($"write below {repo.BlobsFolder}", () => Directory.CreateDirectory(repo.BlobsFolder));
        using var held = await PythonLock.TakeAsync(repo, blob.ETag, PythonLock.Patience, time, cancellationToken);
        if (held is null && repo.Locate(blob) is not null && Agrees(target, blob, cancellationToken))
            discard();
        else
            DiskFailure.Guard($"write {target}", () => move(target));
        link();
        return target;
    }

    void MoveTo(RepoFolder repo, PartialBlob partial, string target)
    {
        Note(repo, partial.Blob, partial.Paths.Bytes, isDurable: true);
        partial.MoveTo(target);
    }

    void Note(RepoFolder repo, Blob blob, string path, bool isDurable)
    {
        if (notes is not null && BlobStamp.Of(path) is { } stamp)
            notes.Publishing(repo.Repo, blob.ETag, stamp, isDurable);
    }

    static bool Agrees(string path, Blob blob, CancellationToken cancellationToken) =>
        FileDigest.Compute(path, blob.ETag.Kind, blob.Size, null, cancellationToken) == blob.ETag;

    static void WriteNew(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
    }
}
