using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// One blob from wherever it is to its name in a repo: from another repo of this cache, from the transfer that already runs
/// for it (in this process or another), else from the sources.
/// </summary>
/// <param name="engine">Whose cache it is.</param>
/// <param name="repo">Where the blob gets its name.</param>
/// <param name="others">The repos that the cache had when the add began: to list them again for each of thousands of small blobs costs more than it finds.</param>
/// <param name="file">The first file that the blob is.</param>
/// <param name="sources">In the order in which they are asked.</param>
/// <param name="crowd">Of a big blob, where there is one.</param>
/// <param name="limits">Of the transfer.</param>
/// <param name="force">Fetch what is here already.</param>
/// <param name="link">Makes the files that the blob is.</param>
sealed class BlobFetch(
    ModelEngine engine, RepoFolder repo, IReadOnlyList<RepoFolder> others, RepoFile file, IReadOnlyList<ISource> sources, IBlobCrowd? crowd, TransferLimits limits, bool force, Action link)
{
    static readonly TimeSpan FollowPause = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(Action<BlobProgress> joined, CancellationToken cancellationToken)
    {
        var path = await engine.Board.RunAsync(file.Blob, joined, FetchAsync, cancellationToken);
        await engine.Publisher.ShareAsync(repo, path, file.Blob, link, cancellationToken);
    }

    async Task<string> FetchAsync(BlobProgress progress, CancellationToken cancellationToken)
    {
        if (!force && Elsewhere(cancellationToken) is { } other)
        {
            progress.CompletedBy(SourceKind.Disk);
            return await engine.Publisher.ShareAsync(repo, other, file.Blob, link, cancellationToken);
        }
        if (file.Size > MemoryBlob.Largest)
            return await FetchBigAsync(progress, cancellationToken);

        var small = new MemoryBlob(file.Blob);
        await Transfer(small, progress).RunAsync(cancellationToken);
        return await engine.Publisher.PublishAsync(repo, small, link, cancellationToken);
    }

    async Task<string> FetchBigAsync(BlobProgress progress, CancellationToken cancellationToken)
    {
        for (var followed = false; ; followed = true)
        {
            await using var partial = PartialBlob.TryOpen(engine.Cache.PartialFolder, file.Blob);
            if (partial is null)
            {
                // Another process fetches it: show how far that one is, and take over should it end early.
                progress.Follow(PartialBlob.HeldOnDisk(engine.Cache.PartialFolder, file.Blob));
                await Task.Delay(FollowPause, engine.Time, cancellationToken);
                continue;
            }
            if (followed && Elsewhere(cancellationToken) is { } done)
            {
                progress.CompletedBy(SourceKind.Disk);
                DiskFailure.Guard($"delete {partial.Paths.Bytes}", partial.Discard);
                return done;
            }
            progress.Restart();
            if (partial.Held > 0)
                progress.Resumed(partial.Held);
            progress.Live.Open(partial);
            try
            {
                await Transfer(partial, progress).RunAsync(crowd, progress.Live, cancellationToken);
                return await engine.Publisher.PublishAsync(repo, partial, link, cancellationToken);
            }
            finally
            {
                progress.Live.Close();
            }
        }
    }

    BlobTransfer Transfer(IBlobTarget target, BlobProgress progress) =>
        new(file.Path.Text, target, sources, limits, progress, engine.Time);

    // Whoever put it there, its digest is checked before it is used again.
    string? Elsewhere(CancellationToken cancellationToken)
    {
        foreach (var folder in file.Size > MemoryBlob.Largest ? engine.Cache.Repos() : others)
            if (folder.Locate(file.Blob) is { } path && Agrees(path, cancellationToken))
                return path;
        return null;
    }

    bool Agrees(string path, CancellationToken cancellationToken)
    {
        try
        {
            return FileDigest.Compute(path, file.ETag.Kind, file.Size, null, cancellationToken) == file.ETag;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false; // Somebody else's, or gone by now: there are other sources.
        }
    }
}
