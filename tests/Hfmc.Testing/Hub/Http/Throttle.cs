using System.Diagnostics;

namespace Hfmc.Testing;

/// <summary>A link of a fixed speed in bytes per second, shared by all who hold it. Takes real time.</summary>
public sealed class Throttle(long bytesPerSecond)
{
    // A late timer may be made up for by so much, or the link would run below its speed.
    static readonly long Slack = Stopwatch.Frequency / 20;

    readonly Lock _lock = new();
    long _free = Stopwatch.GetTimestamp();

    /// <summary>What is sent in one step: a twentieth of a second's worth, 1 MiB at most.</summary>
    public int Step => (int)Math.Clamp(bytesPerSecond / 20, 1, 1 << 20);

    /// <summary>Completes when the link would have carried the bytes.</summary>
    public async Task PassAsync(int bytes, CancellationToken cancellationToken)
    {
        long wait;
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            _free = Math.Max(_free, now - Slack) + (long)((double)bytes / bytesPerSecond * Stopwatch.Frequency);
            wait = _free - now;
        }

        var time = TimeSpan.FromSeconds((double)wait / Stopwatch.Frequency);
        if (time > TimeSpan.FromMilliseconds(1))
            await Task.Delay(time, cancellationToken);
    }
}
