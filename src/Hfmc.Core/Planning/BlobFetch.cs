using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// One blob from wherever it is to its name in a repo: from another repo of this cache, from the transfer that already runs
/// for it (in this process or another), else from the sources.
/// </summary>
/// <param name="engine">Of the cache.</param>
/// <param name="disk">Where else it may be here.</param>
/// <param name="repo">Where the blob gets its name.</param>
/// <param name="file">The first file that it is.</param>
/// <param name="supply">Finds out who can give it, when all of it is wanted and not here.</param>
/// <param name="limits">Shared by the transfers of the process.</param>
/// <param name="force">Fetch it although it is here.</param>
/// <param name="link">Puts it into its snapshots.</param>
sealed class BlobFetch(
    ModelEngine engine, DiskBlobs disk, RepoFolder repo, RepoFile file, Func<BlobProgress, CancellationToken, ValueTask<BlobSupply>> supply,
    TransferLimits limits, bool force, Action link)
{
    static readonly TimeSpan FollowPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns the blob's path in the repo.</summary>
    public async Task<string> RunAsync(Action<BlobProgress> joined, CancellationToken cancellationToken)
    {
        var path = await engine.Board.RunAsync(file.Blob, joined, FetchAsync, cancellationToken);
        return await engine.Publisher.ShareAsync(repo, path, file.Blob, link, cancellationToken);
    }

    /// <summary>For an add, which needs all of the blob, beside readers who may need no more than a part of it.</summary>
    public async Task RunWholeAsync(AddProgress progress, CancellationToken cancellationToken)
    {
        BlobWant? want = null;
        try
        {
            await RunAsync(Join, cancellationToken);
        }
        finally
        {
            want?.Dispose();
        }

        void Join(BlobProgress blob)
        {
            want?.Dispose();
            want = blob.Wants.EnterWhole(file.Size);
            progress.Joined(file, blob);
        }
    }

    async Task<string> FetchAsync(BlobProgress progress, CancellationToken cancellationToken)
    {
        if (!force && disk.Find(file, cancellationToken) is { } other)
        {
            progress.CompletedBy(SourceKind.Disk);
            return await engine.Publisher.ShareAsync(repo, other, file.Blob, link, cancellationToken);
        }
        if (file.Size > MemoryBlob.Largest)
            return await FetchBigAsync(progress, cancellationToken);

        var small = new MemoryBlob(file.Blob);
        await using var sources = await supply(progress, cancellationToken);
        await Transfer(small, sources, progress).RunAsync(cancellationToken);
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
            if (followed && new DiskBlobs(engine, engine.Cache.Repos(), repo).Find(file, cancellationToken) is { } done)
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
                await progress.Wants.FillAsync(token => FillAsync(partial, progress, token), engine.Time, cancellationToken);
                progress.Live.Agree();
                await progress.Live.Reads.EndAsync();
                var path = await engine.Publisher.PublishAsync(repo, partial, link, cancellationToken);
                engine.Chunks?.Keep(path, file.Blob, file.XetId, progress.Live.Chunks);
                return path;
            }
            finally
            {
                await progress.Live.Reads.EndAsync();
                progress.Live.Close();
            }
        }
    }

    async Task FillAsync(PartialBlob partial, BlobProgress progress, CancellationToken cancellationToken)
    {
        await using var sources = await supply(progress, cancellationToken);
        await Transfer(partial, sources, progress).RunAsync(sources.Context, cancellationToken);
    }

    BlobTransfer Transfer(IBlobTarget target, BlobSupply sources, BlobProgress progress) =>
        new(file.Path.Text, target, sources.Sources, limits, progress, engine.Time);
}
