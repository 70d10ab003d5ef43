using System.Net.Sockets;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>
/// A connection whose reader is woken once for some tens of KiB rather than for each packet: the system is told how much is to gather
/// (SO_RCVLOWAT, socket(7)). Each packet wakes the process even while nobody reads, and on a link of 200 Mbit/s that cost more than
/// all that was done with the bytes. For plain connections only, and only reads that are certain to be filled in the end gather:
/// .NET's HTTP client asks for no more of a body than is left of it, and for heads of answers in small buffers.
/// </summary>
sealed class GatheringStream : NetworkStream
{
    internal const int SocketLevel = 1, ReceiveLowWaterMark = 18;

    // Heads are read into less than this.
    const int SmallestBody = 32 << 10;

    const int Least = 8 << 10, Most = 64 << 10;

    // What comes in this time gathers, at the pace of the reads before; and after a while whatever has come is taken.
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(40), Patience = TimeSpan.FromMilliseconds(200);

    // The pace is that of about this time.
    const double Memory = 0.1;

    readonly TimeProvider _time;
    readonly ITimer _impatience;
    readonly Lock _lock = new();
    int _mark = 1;
    long? _last;
    double _pace;

    GatheringStream(Socket socket, TimeProvider time) : base(socket, ownsSocket: true)
    {
        _time = time;
        _impatience = time.CreateTimer(static state => ((GatheringStream)state!).Mark(1), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Owns the socket. Where the system has no such mark it is a stream as any other.</summary>
    public static NetworkStream Over(Socket socket, TimeProvider time) =>
        OperatingSystem.IsLinux() ? new GatheringStream(socket, time) : new NetworkStream(socket, ownsSocket: true);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length >= SmallestBody)
            return GatherAsync(buffer, cancellationToken);
        Mark(1);
        _last = null;
        return base.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _impatience.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<int> GatherAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var worth = (int)Math.Min(Math.Min(buffer.Length, Most), _pace * Gathering.TotalSeconds);
        // In few steps, so that the system need not be told before each read.
        worth = worth < Least ? 1 : 1 << BitOperations.Log2((uint)worth);
        Mark(worth);
        if (worth > 1)
            _impatience.Change(Patience, Timeout.InfiniteTimeSpan);
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (worth > 1)
            _impatience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // It may have been the end of the body: what comes after it, if only the end of the connection, is to be seen at once.
        if (read == buffer.Length)
            Mark(1);
        Learn(read);
        return read;
    }

    void Learn(int read)
    {
        var now = _time.GetTimestamp();
        if (_last is { } last && _time.GetElapsedTime(last, now).TotalSeconds is > 0 and var seconds)
            _pace += (read / seconds - _pace) * Math.Min(1, seconds / Memory);
        _last = now;
    }

    void Mark(int bytes)
    {
        lock (_lock)
        {
            if (_mark == bytes)
                return;
            _mark = bytes;
            Span<byte> value = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(value, bytes);
            try
            {
                Socket.SetRawSocketOption(SocketLevel, ReceiveLowWaterMark, value);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It has closed; the read says so.
            }
        }
    }
}
