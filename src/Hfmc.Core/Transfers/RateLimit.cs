using Hfmc.Core.Settings;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Lets bytes pass at a rate, with a tenth of a second's worth at once at most. Who waits is served in turn: each taker gets as many
/// bytes as any other, however often or greedily it asks. Costs nothing while it is off. Safe for several threads.
/// </summary>
public sealed class RateLimit(TimeProvider time)
{
    // Parts of a second: what may pass at once after a pause, and what one taker should take at a time, so that all have theirs soon.
    const int Burst = 10, Turn = 100;

    readonly Lock _lock = new();
    readonly long _second = time.TimestampFrequency;
    readonly List<Line> _lines = [];
    ByteRate _rate;
    long _bytesPerSecond;

    // What may pass now: bytes times the clock's ticks in a second, so that nothing is lost by rounding.
    Int128 _credit;
    long _earned = time.GetTimestamp();

    // Bytes that a taker has been given who has had its share since the beginning, and no more.
    long _share;
    ITimer? _timer;

    /// <summary>A change holds at once, also for those who wait.</summary>
    public ByteRate Rate
    {
        get
        {
            lock (_lock)
                return _rate;
        }
        set
        {
            lock (_lock)
            {
                Earn();
                (_rate, _bytesPerSecond) = (value, value.BytesPerSecond);
                _credit = Int128.Min(_credit, MostCredit);
                Serve();
            }
        }
    }

    /// <summary>The bytes to ask for at a time.</summary>
    public int Portion => Volatile.Read(ref _bytesPerSecond) is > 0 and var rate ? (int)Math.Clamp(rate / Turn, 1, int.MaxValue) : int.MaxValue;

    Int128 MostCredit => (Int128)_bytesPerSecond * _second / Burst;

    /// <summary>Waits until so many bytes may pass. Takes by equal <paramref name="taker"/>s share one turn.</summary>
    public ValueTask TakeAsync(object taker, int bytes, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _bytesPerSecond) is 0)
            return ValueTask.CompletedTask;
        var take = new Take(bytes, cancellationToken);
        lock (_lock)
        {
            LineOf(taker).Waiting.Enqueue(take);
            Serve();
        }
        return new(take.Task);
    }

    /// <summary>Reads a portion at most, and returns when it may have passed.</summary>
    public ValueTask<int> ReadAsync(Stream body, Memory<byte> into, CancellationToken cancellationToken) =>
        Portion is int.MaxValue ? body.ReadAsync(into, cancellationToken) : ReadPortionAsync(body, into, cancellationToken);

    async ValueTask<int> ReadPortionAsync(Stream body, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = await body.ReadAsync(into[..Math.Min(into.Length, Portion)], cancellationToken);
        await TakeAsync(body, read, cancellationToken);
        return read;
    }

    Line LineOf(object taker)
    {
        var line = _lines.Find(line => line.Taker.Equals(taker));
        if (line is null)
            _lines.Add(line = new(taker));
        // Who was away has no claim on what others got meanwhile, and is not forgiven what it got before.
        if (line.Waiting.Count is 0)
            line.Given = Math.Max(line.Given, _share);
        return line;
    }

    // Those who have got least come first.
    void Serve()
    {
        Earn();
        while (_lines.Where(line => line.Waiting.Count > 0).MinBy(line => line.Given) is { } line)
        {
            var take = line.Waiting.Peek();
            var price = (Int128)take.Bytes * _second;
            // More than can be saved up is given on credit.
            if (_bytesPerSecond > 0 && !take.Task.IsCompleted && Int128.Min(price, MostCredit) - _credit is var lacking && lacking > 0)
            {
                WakeAfter(lacking);
                break;
            }
            line.Waiting.Dequeue();
            if (!take.Grant())
                continue;
            _credit -= _bytesPerSecond > 0 ? price : 0;
            _share = Math.Max(_share, line.Given);
            line.Given += take.Bytes;
        }
        _lines.RemoveAll(line => line.Waiting.Count is 0 && line.Given <= _share);
    }

    void Earn()
    {
        var now = time.GetTimestamp();
        _credit = Int128.Min(_credit + (Int128)(now - _earned) * _bytesPerSecond, MostCredit);
        _earned = now;
    }

    // In whole milliseconds, which is what timers know.
    void WakeAfter(Int128 lacking)
    {
        var ticks = (long)((lacking + _bytesPerSecond - 1) / _bytesPerSecond);
        var wait = TimeSpan.FromMilliseconds((long)Math.Ceiling(1000m * ticks / _second));
        _timer ??= time.CreateTimer(static state => ((RateLimit)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    void Wake()
    {
        lock (_lock)
            Serve();
    }

    /// <summary>The takes of one taker, and the bytes it has been given, as if it had been there from the beginning.</summary>
    sealed class Line(object taker)
    {
        public object Taker => taker;

        public Queue<Take> Waiting { get; } = [];

        public long Given { get; set; }
    }

    sealed class Take
    {
        readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly CancellationTokenRegistration _cancelling;

        public Take(int bytes, CancellationToken cancellationToken)
        {
            Bytes = bytes;
            _cancelling = cancellationToken.UnsafeRegister(static (take, token) => ((Take)take!)._granted.TrySetCanceled(token), this);
        }

        public int Bytes { get; }

        public Task Task => _granted.Task;

        /// <summary>False when it was cancelled: then it costs nothing.</summary>
        public bool Grant()
        {
            _cancelling.Unregister();
            return _granted.TrySetResult();
        }
    }
}
