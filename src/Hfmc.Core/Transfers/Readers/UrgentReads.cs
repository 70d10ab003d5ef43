using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// What one reader waits for, asked for at once and beside the transfer: from the upstreams, whose bytes may be shown as they come. Each
/// request goes to the end of a piece at least.
/// </summary>
/// <param name="upstreams">In the order in which they are asked.</param>
/// <param name="slots">Shared by all readers of the process.</param>
/// <param name="time">The clock.</param>
sealed class UrgentReads(IReadOnlyList<ISource> upstreams, SemaphoreSlim slots, TimeProvider time)
{
    const long Longest = 16 << 20;

    long _next, _length;
    int _turn;
    volatile bool _isVain;

    public bool HasUpstreams => upstreams.Count > 0;

    /// <summary>None of the upstreams can help this reader: they failed, or what they send is not what is here.</summary>
    public bool IsVain => _isVain || !HasUpstreams;

    /// <summary>Asks for the bytes from <paramref name="at"/> on, unless somebody does already; not so if <paramref name="force"/> says that he is too slow.</summary>
    public bool TryBegin(BlobProgress progress, PartialBlob partial, long at, long end, bool force)
    {
        var live = progress.Live;
        if (live.Reads.TryEnter(new(at, Reach(live, partial, at, end)), live.HasProof, force) is not { } place)
            return false;
        _next = place.Range.End;
        live.Reads.Run(place, token => ReadAsync(progress, partial, place, force ? ++_turn : 0, token));
        return true;
    }

    // Twice as far each time that the last one was not enough, unless peers bring the blob; but not over what may be shown already.
    long Reach(LiveBlob live, PartialBlob partial, long at, long end)
    {
        var grid = live.Grid;
        _length = at == _next && _length > 0 && !live.Reads.HasPeers ? Math.Min(Longest, 2 * _length) : grid.PieceLength;
        var last = grid.PieceAt(Math.Min(at + Math.Max(_length, grid.PieceLength) - 1, Math.Max(at, end - 1)));
        var reach = grid.Range(Math.Max(grid.PieceAt(at), last)).End;
        return partial.Doubtful(new(at, reach)) is [var first, ..] ? first.End : reach;
    }

    async Task ReadAsync(BlobProgress progress, PartialBlob partial, BlobRead place, int turn, CancellationToken cancellationToken)
    {
        var sink = new TransferSink(partial, progress, time, () => progress.Wants.IsEmpty);
        for (var tried = 0; tried < upstreams.Count && !cancellationToken.IsCancellationRequested; tried++)
            try
            {
                await slots.WaitAsync(cancellationToken);
                try
                {
                    var upstream = upstreams[(turn + tried) % upstreams.Count];
                    foreach (var doubtful in partial.Doubtful(place.Range))
                        await upstream.ReadAsync(doubtful, sink.For(upstream, place), cancellationToken);
                }
                finally
                {
                    slots.Release();
                }
                _isVain |= sink.HasDissent;
                return;
            }
            catch (SourceException)
            {
                progress.Retried();
            }
            catch (OperationCanceledException)
            {
                return; // The transfer ends.
            }
            catch (DiskException)
            {
                break; // The transfer meets the same, and says so.
            }
        _isVain = true;
    }
}
