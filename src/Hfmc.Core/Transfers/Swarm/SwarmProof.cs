using System.Collections.Concurrent;
using Hfmc.Core.Platform;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Tells right bytes from wrong ones while a blob comes: by a list of its chunks from any peer, once the Hub's id proves it. Lists and
/// checks are asked for and made beside the transfer, whose loop takes the results from <see cref="TryTake"/>.
/// </summary>
/// <param name="xetId">The id that the Hub published; null when there is none, and then nothing is proven.</param>
/// <param name="partial">The bytes.</param>
/// <param name="live">Where peers find the list, once there is one.</param>
/// <param name="crowd">Who is asked.</param>
/// <param name="ready">Beats when there is a result.</param>
sealed class SwarmProof(string? xetId, PartialBlob partial, LiveBlob live, IBlobCrowd crowd, Pulse ready)
{
    readonly ConcurrentQueue<IReadOnlyList<ByteRange>> _wrong = new();
    readonly HashSet<ulong> _asked = [];
    readonly PieceSet _proven = new(live.Grid.Count);
    ChunkWatch? _watch;
    int _working;

    /// <summary>No check or question is under way, and no result waits to be taken.</summary>
    public bool IsIdle => Volatile.Read(ref _working) is 0 && _wrong.IsEmpty;

    /// <summary>How many of these pieces nothing vouches for yet.</summary>
    public int Provisional(PieceSet held)
    {
        lock (_proven)
            return held.Except(_proven).Count();
    }

    public bool HasList => Volatile.Read(ref _watch) is not null;

    /// <summary>Asks a peer that has the blob for its list, once.</summary>
    public void Ask(ulong node, CancellationToken cancellationToken)
    {
        if (xetId is not null && !HasList && _asked.Add(node))
            Work(async () => await TryAskAsync(node, cancellationToken));
    }

    /// <summary>These bytes have come.</summary>
    public void Check(ByteRange range)
    {
        if (_watch is { } watch)
            Work(() =>
            {
                Look(watch, range);
                return Task.CompletedTask;
            });
    }

    public bool TryTake(out IReadOnlyList<ByteRange> wrong) => _wrong.TryDequeue(out wrong!);

    /// <summary>Everything is here and the digest disagrees: what of it is wrong, or may be; empty when nobody can tell.</summary>
    public async Task<Suspicion> SuspectAsync(IReadOnlyCollection<ulong> peers, TimeProvider time, CancellationToken cancellationToken)
    {
        const int Rounds = 4;
        var own = ChunkListMaker.Make(partial.Paths.Bytes, xetId, cancellationToken);
        live.Chunks = own;
        for (var round = 0; round < Rounds; round++)
        {
            var others = new List<ChunkList>();
            foreach (var peer in peers)
                if (await crowd.ChunksOfAsync(peer, cancellationToken) is { } list)
                {
                    if (list.Proves(xetId))
                        return new(new ChunkWatch(list, partial, live.Vouch).Wrong(ByteRange.Whole(partial.Blob.Size)), IsProven: true);
                    others.Add(list);
                }
            // Unproven lists that disagree decide nothing; but where none does, all have the same bytes.
            var differing = others.SelectMany(other => ChunkDifferences.Between(own, other)).Distinct().ToList();
            if (differing.Count > 0)
                return new(differing, IsProven: false);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
        return new([], IsProven: false);
    }

    /// <summary>The list says that some of these bytes are wrong; they are then on their way to be dropped.</summary>
    public bool IsWrong(ByteRange range) => _watch is { } watch && Look(watch, range);

    /// <summary>Takes the peer's list if it proves itself; true when there is a list then.</summary>
    public async Task<bool> TryAskAsync(ulong node, CancellationToken cancellationToken)
    {
        if (HasList || await crowd.ChunksOfAsync(node, cancellationToken) is not { } list || !list.Proves(xetId))
            return HasList;
        var watch = new ChunkWatch(list, partial, live.Vouch);
        if (Interlocked.CompareExchange(ref _watch, watch, null) is not null)
            return true;
        live.Chunks = list;
        live.HasProof = true;
        Look(watch, ByteRange.Whole(live.Blob.Size));
        return true;
    }

    bool Look(ChunkWatch watch, ByteRange range)
    {
        lock (watch)
        {
            var wrong = watch.Wrong(range);
            Mark(watch, range);
            if (wrong.Count is 0)
                return false;
            _wrong.Enqueue(wrong);
        }
        ready.Beat();
        return true;
    }

    // A chunk across a border may have been the last one that the piece before or after was waiting for.
    void Mark(ChunkWatch watch, ByteRange range)
    {
        var (first, last) = (Math.Max(0, live.Grid.PieceAt(range.Start) - 1), Math.Min(live.Grid.Count - 1, live.Grid.PieceAt(range.End - 1) + 1));
        lock (_proven)
            for (var piece = first; piece <= last; piece++)
                if (watch.IsProven(live.Grid.Range(piece)))
                    _proven.Add(piece);
    }

    void Work(Func<Task> work)
    {
        Interlocked.Increment(ref _working);
        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception error) when (error is OperationCanceledException or DiskException || DiskFailure.Is(error))
            {
                // The transfer ends, or meets the same failure itself; without a proof the digest decides.
            }
            finally
            {
                Interlocked.Decrement(ref _working);
                ready.Beat();
            }
        });
    }
}

/// <summary>Bytes that are wrong, or may be. Proven: they are, and all others are right.</summary>
sealed record Suspicion(IReadOnlyList<ByteRange> Ranges, bool IsProven);
