using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Who wants what of a blob on its way: adds the whole of it, readers a range each. It is fetched in whole as long as somebody wants
/// that, or when nobody has ever said what he wants. Safe for several threads.
/// </summary>
public sealed class BlobWants
{
    // Longer than a piece takes on most lines; what is then still under way is cut, and its journal kept.
    static readonly TimeSpan BorderPatience = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    readonly List<BlobWant> _wants = [];
    bool _isUsed;

    /// <summary>Beats when somebody has come, gone, or wants more.</summary>
    public Pulse Changed { get; } = new();

    public bool IsWhole
    {
        get
        {
            lock (_lock)
                return !_isUsed || _wants.Exists(want => want.IsWhole);
        }
    }

    /// <summary>All have gone.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _isUsed && _wants.Count is 0;
        }
    }

    /// <summary>Where the reader stands who came last; null when there is none.</summary>
    public long? Reader
    {
        get
        {
            lock (_lock)
                return _wants.FindLast(want => want.IsReader)?.At;
        }
    }

    /// <summary>Somebody wants all of it, and does not read while it comes.</summary>
    public BlobWant EnterWhole(long size) => Enter(new(this, ByteRange.Whole(size), isWhole: true, isReader: false));

    /// <summary>A reader of this range, who may need the whole for it.</summary>
    public BlobWant Enter(ByteRange range, bool isWhole) => Enter(new(this, range, isWhole, isReader: true));

    /// <summary>How much of these ranges no reader has asked for.</summary>
    public long Unwanted(IReadOnlyList<ByteRange> ranges)
    {
        var left = new RangeSet();
        foreach (var range in ranges)
            left.Add(range);
        lock (_lock)
            foreach (var want in _wants)
                left.Remove(want.Range);
        return left.Length;
    }

    /// <summary>These ranges, from where the last reader stands to the end, then the others.</summary>
    public IReadOnlyList<ByteRange> InOrder(IReadOnlyList<ByteRange> ranges)
    {
        if (Reader is not { } at || at is 0)
            return ranges;
        var ahead = ranges.Where(range => range.End > at).Select(range => range with { Start = Math.Max(at, range.Start) });
        var behind = ranges.Where(range => range.Start < at).Select(range => range with { End = Math.Min(at, range.End) });
        return [.. ahead, .. behind];
    }

    /// <summary>
    /// Runs <paramref name="fill"/> to its end, as long as somebody wants the whole. When nobody does, it may come to the next border of
    /// a piece, and is begun anew when somebody does again.
    /// </summary>
    internal async Task FillAsync(Func<CancellationToken, Task> fill, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            for (var changed = Changed.Next; !IsWhole; changed = Changed.Next)
                if (!IsWhole)
                    await changed.WaitAsync(cancellationToken);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var filling = fill(pause.Token);
            await WatchAsync(filling, pause, time);
            try
            {
                await filling;
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody wanted it any more.
            }
        }
    }

    async Task WatchAsync(Task filling, CancellationTokenSource pause, TimeProvider time)
    {
        while (!filling.IsCompleted)
        {
            var changed = Changed.Next;
            if (IsWhole)
            {
                await Task.WhenAny(filling, changed);
                continue;
            }
            using var ended = new CancellationTokenSource();
            var border = Task.Delay(BorderPatience, time, ended.Token);
            if (await Task.WhenAny(filling, changed, border) == border)
                await pause.CancelAsync();
            await ended.CancelAsync();
            if (pause.IsCancellationRequested)
                return;
        }
    }

    BlobWant Enter(BlobWant want)
    {
        lock (_lock)
        {
            _isUsed = true;
            _wants.Add(want);
        }
        Changed.Beat();
        return want;
    }

    internal void Leave(BlobWant want)
    {
        lock (_lock)
            _wants.Remove(want);
        Changed.Beat();
    }
}

/// <summary>What one of them wants, until it is disposed.</summary>
public sealed class BlobWant : IDisposable
{
    readonly BlobWants _wants;
    long _at;
    bool _isWhole;

    internal BlobWant(BlobWants wants, ByteRange range, bool isWhole, bool isReader) =>
        (_wants, Range, _isWhole, IsReader, _at) = (wants, range, isWhole, isReader, range.Start);

    public ByteRange Range { get; }

    public bool IsReader { get; }

    public bool IsWhole => Volatile.Read(ref _isWhole);

    /// <summary>The byte that a reader waits for.</summary>
    public long At { get => Volatile.Read(ref _at); set => Volatile.Write(ref _at, value); }

    /// <summary>What it wants cannot be had without the rest.</summary>
    public void MakeWhole()
    {
        if (IsWhole)
            return;
        Volatile.Write(ref _isWhole, true);
        _wants.Changed.Beat();
    }

    public void Dispose() => _wants.Leave(this);
}
