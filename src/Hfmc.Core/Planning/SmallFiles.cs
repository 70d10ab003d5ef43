using System.Threading.Channels;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// The small files of an add, in their order. Each is looked at when there is room for another that is got from an upstream here; those
/// that are somebody else's wait for their bundle in a place of their own, and hold up nobody.
/// </summary>
/// <param name="files">Smallest first.</param>
/// <param name="holders">The peers that have a blob in whole, nearest first, and can send it in a bundle.</param>
/// <param name="crowd">Who else wants them; null for nobody.</param>
/// <param name="bundles">How peers are asked; null when none are.</param>
sealed class SmallFiles(IEnumerable<RepoFile> files, Func<RepoFile, IEnumerable<PeerAddress>> holders, SmallCrowd? crowd, Bundles? bundles)
{
    // Places and bytes of what waits for a bundle, or has come and waits for its sync.
    const int MostWaiting = 1024;
    const long MostWaitingBytes = 64 << 20;

    // More of them know no more than these.
    const int MostHolders = 3;

    readonly Channel<RepoFile> _others = Channel.CreateUnbounded<RepoFile>(new() { SingleReader = true });
    readonly SemaphoreSlim _returned = new(0);
    long _waiting;

    /// <summary>Fetches all: <paramref name="atOnce"/> from upstreams at one time. The sources given are those to be asked before and after the upstreams.</summary>
    public async Task RunAsync(
        int atOnce, Func<RepoFile, IEnumerable<ISource>, IEnumerable<ISource>, CancellationToken, ValueTask> fetch, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            Parallel.ForEachAsync(Own(), Options(atOnce), (own, token) => fetch(own.File, [], own.After, token)),
            Parallel.ForEachAsync(OthersAsync(cancellationToken), Options(MostWaiting), async (file, token) =>
            {
                // Anew: since the first look somebody may have come, gone or failed.
                var (before, after) = Look(file);
                try
                {
                    await fetch(file, before, after, token);
                }
                finally
                {
                    Interlocked.Add(ref _waiting, -file.Size);
                    _returned.Release();
                }
            }));

        ParallelOptions Options(int most) => new() { MaxDegreeOfParallelism = most, CancellationToken = cancellationToken };
    }

    IEnumerable<(RepoFile File, IReadOnlyList<ISource> After)> Own()
    {
        try
        {
            foreach (var file in files)
                if (Look(file) is { Before.Count: 0, After: var after })
                    yield return (file, after);
                else
                    _others.Writer.TryWrite(file);
        }
        finally
        {
            _others.Writer.Complete();
        }
    }

    async IAsyncEnumerable<RepoFile> OthersAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var file in _others.Reader.ReadAllAsync(cancellationToken))
        {
            while (Volatile.Read(ref _waiting) is var waiting && waiting > 0 && waiting + file.Size > MostWaitingBytes)
                await _returned.WaitAsync(cancellationToken);
            Interlocked.Add(ref _waiting, file.Size);
            yield return file;
        }
    }

    (IReadOnlyList<ISource> Before, IReadOnlyList<ISource> After) Look(RepoFile file)
    {
        var held = Bundled(file, holders(file).Take(MostHolders));
        if (crowd is null)
            return (held, []);
        var turn = crowd.TakeTurn(file.ETag, isHeld: held.Count > 0);
        return ([.. held, .. Bundled(file, turn.Before)], Bundled(file, turn.After));
    }

    List<ISource> Bundled(RepoFile file, IEnumerable<PeerAddress> peers) =>
        [.. peers.Select(peer => bundles?.Source(peer, file.Blob)).OfType<ISource>()];
}
