using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// The requests for bytes of a blob that are under way: so that what a reader waits for is asked for at once where nobody is at it, and
/// never twice. Safe for several threads.
/// </summary>
public sealed class BlobReads
{
    // What is so near to where a request stands comes as soon as a request of its own would bring it.
    const long Near = 512 << 10;

    readonly Lock _lock = new();
    readonly List<BlobRead> _reads = [];
    readonly CancellationTokenSource _ending = new();
    bool _hasBegun, _hasEnded, _hasPeers;

    /// <summary>Beats when a request has ended.</summary>
    public Pulse Ended { get; } = new();

    /// <summary>Some bytes come, or came, from peers.</summary>
    public bool HasPeers => Volatile.Read(ref _hasPeers);

    /// <summary>The transfer has said what it begins with, or takes its time until it can.</summary>
    public bool HasBegun => Volatile.Read(ref _hasBegun);

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _reads.Count is 0;
        }
    }

    /// <summary>The transfer needs a while before its first request: who cannot wait need not.</summary>
    public void Begin() => Volatile.Write(ref _hasBegun, true);

    /// <summary>A request of the transfer.</summary>
    public BlobRead Enter(ByteRange range, SourceKind kind)
    {
        var read = new BlobRead(this, range, kind, isUrgent: false);
        lock (_lock)
            _reads.Add(read);
        _hasPeers |= kind is SourceKind.Peer;
        Begin();
        return read;
    }

    /// <summary>A request comes to this byte soon, and what it brings may be shown.</summary>
    public bool Covers(long at, bool peersAreProven)
    {
        lock (_lock)
            return CoversLocked(at, peersAreProven);
    }

    /// <summary>
    /// A place for a request of a reader, from <paramref name="range"/>'s start to its end or to where another request begins; null when one
    /// comes there anyway (and <paramref name="force"/> does not say that it is too slow), or when no more bytes are taken.
    /// </summary>
    internal BlobRead? TryEnter(ByteRange range, bool peersAreProven, bool force)
    {
        lock (_lock)
        {
            if (_hasEnded || _reads.Exists(read => read.IsUrgent && read.Contains(range.Start)) || (!force && CoversLocked(range.Start, peersAreProven)))
                return null;
            var next = _reads.Where(read => read.Range.Start > range.Start && (read.IsUrgent || read.Kind is not SourceKind.Peer))
                .Select(read => read.Range.Start).DefaultIfEmpty(long.MaxValue).Min();
            var urgent = new BlobRead(this, range with { End = Math.Min(range.End, next) }, SourceKind.Hub, isUrgent: true);
            _reads.Add(urgent);
            return urgent;
        }
    }

    /// <summary>Runs a reader's request, which leaves its place at the end.</summary>
    internal void Run(BlobRead place, Func<CancellationToken, Task> read) => _ = Task.Run(async () =>
    {
        using (place)
            await read(_ending.Token);
    });

    /// <summary>Reads what is missing of the range, and leaves to readers' requests what these are at.</summary>
    internal async Task ReadMissingAsync(IBlobTarget target, ByteRange range, Func<ByteRange, Task> read, CancellationToken cancellationToken)
    {
        // One of them may bring the others too, when the source gives only the whole blob.
        foreach (var free in WithoutUrgent(target.Gaps(range)))
            if (target.Gaps(free).Count > 0)
                await read(free);
        for (var ended = Ended.Next; HasUrgent(range); ended = Ended.Next)
            if (HasUrgent(range))
                await ended.WaitAsync(cancellationToken);
        foreach (var gap in target.Gaps(range))
            if (target.Gaps(gap).Count > 0)
                await read(gap);
    }

    /// <summary>Returns when all have ended, or after so long.</summary>
    internal async Task SettleAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(patience, time, enough.Token);
        for (var ended = Ended.Next; !IsEmpty && !pause.IsCompleted; ended = Ended.Next)
            if (!IsEmpty)
                await Task.WhenAny(ended, pause);
        await enough.CancelAsync();
    }

    /// <summary>Ends readers' requests: all is here, or the transfer ends.</summary>
    internal async Task EndAsync()
    {
        lock (_lock)
            _hasEnded = true;
        await _ending.CancelAsync();
        for (var ended = Ended.Next; HasUrgent(new(0, long.MaxValue)); ended = Ended.Next)
            if (HasUrgent(new(0, long.MaxValue)))
                await ended;
    }

    internal void Leave(BlobRead read)
    {
        lock (_lock)
            _reads.Remove(read);
        Ended.Beat();
    }

    bool CoversLocked(long at, bool peersAreProven) => _reads.Exists(
        read => (peersAreProven || read.Kind is not SourceKind.Peer) && read.Contains(at) && at >= read.Position && at - read.Position <= Near);

    bool HasUrgent(ByteRange range)
    {
        lock (_lock)
            return _reads.Exists(read => read.IsUrgent && read.Range.Start < range.End && range.Start < read.Range.End);
    }

    List<ByteRange> WithoutUrgent(IReadOnlyList<ByteRange> gaps)
    {
        var free = new RangeSet();
        foreach (var gap in gaps)
            free.Add(gap);
        lock (_lock)
            foreach (var read in _reads.Where(read => read.IsUrgent))
                free.Remove(read.Range);
        return [.. free.Ranges];
    }
}

/// <summary>One request, until it is disposed.</summary>
public sealed class BlobRead : IDisposable
{
    readonly BlobReads _reads;
    long _position, _taken;

    internal BlobRead(BlobReads reads, ByteRange range, SourceKind kind, bool isUrgent) =>
        (_reads, Range, Kind, IsUrgent, _position) = (reads, range, kind, isUrgent, range.Start);

    public ByteRange Range { get; }

    public SourceKind Kind { get; }

    /// <summary>Begun for a reader, beside the transfer.</summary>
    public bool IsUrgent { get; }

    /// <summary>The byte that comes next.</summary>
    public long Position { get => Volatile.Read(ref _position); set => Volatile.Write(ref _position, value); }

    /// <summary>Bytes that it brought and that were missing.</summary>
    public long Taken => Volatile.Read(ref _taken);

    internal void Count(long taken) => Interlocked.Add(ref _taken, taken);

    public bool Contains(long at) => at >= Range.Start && at < Range.End;

    public void Dispose() => _reads.Leave(this);
}
