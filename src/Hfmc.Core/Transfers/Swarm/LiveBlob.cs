using System.Collections.Concurrent;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Transfers;

/// <summary>What of a blob is here this moment, and what is being fetched from a root: as it is told to the crowd.</summary>
/// <param name="Held">Pieces that are here.</param>
/// <param name="Fetching">Pieces that are being got from a root.</param>
/// <param name="IsOwner">Whether this node takes part in fetching from roots; null before that is clear.</param>
public sealed record LiveState(PieceSet Held, IReadOnlySet<int> Fetching, bool? IsOwner);

/// <summary>
/// A blob that is on its way, as others see it: written by its transfer, read by whoever relays it while it arrives.
/// Safe for several threads.
/// </summary>
/// <param name="blob">Whose bytes they are.</param>
/// <param name="told">Beats when there is something to tell the crowd.</param>
public sealed partial class LiveBlob(Blob blob, Pulse told)
{
    readonly Lock _lock = new();
    readonly PieceSet _held = new(new PieceGrid(blob.Size).Count);
    readonly ConcurrentDictionary<int, Pulse> _arrived = new();
    HashSet<int> _fetching = [];
    PartialBlob? _partial;
    bool? _isOwner;
    ChunkList? _chunks;
    long _version, _relayed;

    public Blob Blob { get; } = blob;

    public PieceGrid Grid { get; } = new(blob.Size);

    /// <summary>Beats with each step of bytes of the piece that has arrived, and at the end.</summary>
    public Pulse ArrivedIn(int piece) => _arrived.GetOrAdd(piece, _ => new());

    /// <summary>Beats with each piece that has become whole.</summary>
    public Pulse Completed { get; } = new();

    /// <summary>Bytes sent to others while it was not complete here.</summary>
    public long Relayed => Volatile.Read(ref _relayed);

    /// <summary>Another number after each change of <see cref="State"/>.</summary>
    public long Version => Volatile.Read(ref _version);

    public LiveState State
    {
        get
        {
            lock (_lock)
                return new(_held.Copy(), _fetching, _isOwner);
        }
    }

    /// <summary>The transfer has begun to gather bytes here.</summary>
    public void Open(PartialBlob partial)
    {
        partial.Arrived = Take;
        partial.Forgotten = Forget;
        lock (_lock)
            _partial = partial;
        Recount();
        Turned.Beat();
    }

    /// <summary>No more bytes come this way: the blob has its name by now, or the transfer has ended.</summary>
    public void Close()
    {
        lock (_lock)
            (_partial, _fetching) = (null, []);
        BeatAll();
        Tell();
    }

    /// <summary>What its bytes can be held against, proven or not; null before there is a list.</summary>
    public ChunkList? Chunks { get => Volatile.Read(ref _chunks); set => Volatile.Write(ref _chunks, value); }

    /// <summary>Asked when a peer says that bytes from here are wrong; answers whether they were, and are dropped.</summary>
    public Func<ByteRange, ulong, CancellationToken, Task<bool>>? Doubted { get; set; }

    /// <summary>What this node gets from roots now.</summary>
    public void Say(HashSet<int> fetching, bool isOwner)
    {
        lock (_lock)
        {
            if (_isOwner == isOwner && _fetching.SetEquals(fetching))
                return;
            (_fetching, _isOwner) = (fetching, isOwner);
        }
        Tell();
    }

    public void HasRelayed(long bytes) => Interlocked.Add(ref _relayed, bytes);

    /// <summary>The piece is here, or this node is getting it from a root: a request for it can be held.</summary>
    public bool Offers(int piece)
    {
        lock (_lock)
            return _partial is not null && (_held.Contains(piece) || _fetching.Contains(piece));
    }

    /// <summary>The file that the bytes are written to, opened anew; null when it has ended.</summary>
    public SafeFileHandle? OpenFile()
    {
        lock (_lock)
            try
            {
                return _partial?.OpenForReading();
            }
            catch (IOException)
            {
                return null; // It got its name this moment.
            }
    }

    /// <summary>How many bytes are here from <paramref name="range"/>'s start on, without a gap; null when no more come.</summary>
    public long? Available(ByteRange range)
    {
        PartialBlob? partial;
        lock (_lock)
            partial = _partial;
        if (partial is null)
            return null;
        return partial.Gaps(range) is [var gap, ..] ? gap.Start - range.Start : range.Length;
    }

    void Take(ByteRange range)
    {
        var isNews = false;
        if (_partial is not { } partial)
            return;
        for (var piece = Grid.PieceAt(range.Start); piece <= Grid.PieceAt(range.End - 1); piece++)
        {
            var isWhole = partial.Gaps(Grid.Range(piece)).Count is 0;
            if (isWhole)
                lock (_lock)
                    isNews |= _held.Add(piece);
            // Who waits for bytes of a piece that is whole now is the last to do so.
            if (isWhole ? _arrived.TryRemove(piece, out var arrived) : _arrived.TryGetValue(piece, out arrived))
                arrived.Beat();
        }
        if (!isNews)
            return;
        Completed.Beat();
        Tell();
    }

    void Forget(IReadOnlyList<ByteRange> ranges)
    {
        Forgot?.Invoke(ranges);
        Recount();
        Turned.Beat();
    }

    void Recount()
    {
        lock (_lock)
        {
            _held.Clear();
            for (var piece = 0; piece < Grid.Count; piece++)
                if (_partial!.Gaps(Grid.Range(piece)).Count is 0)
                    _held.Add(piece);
        }
        Tell();
    }

    void Tell()
    {
        Interlocked.Increment(ref _version);
        told.Beat();
    }
}
