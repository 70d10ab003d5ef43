namespace Hfmc.Testing;

/// <summary>The system's clock, and what a test has added to it. Timers keep their real length: only what is remembered grows old at once.</summary>
public sealed class LeapingTime : TimeProvider
{
    long _ticks;

    TimeSpan Leapt => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Leapt;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Leapt.TotalSeconds * TimestampFrequency);

    public void Leap(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
