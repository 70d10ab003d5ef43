namespace Hfmc.Testing;

/// <summary>The system's clock, running faster by a factor: seconds of waiting pass in a moment, in their right order.</summary>
public sealed class FastTime(int factor = 10) : TimeProvider
{
    readonly long _begun = System.GetTimestamp();
    readonly DateTimeOffset _start = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _begun + (System.GetTimestamp() - _begun) * factor;

    public override DateTimeOffset GetUtcNow() => _start + GetElapsedTime(_begun);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;

    sealed class FastTimer(ITimer timer, FastTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
