namespace Hfmc.Core.Platform;

/// <summary>
/// Time that goes on evenly while the wall clock is set forward or back: pauses, freshness and patience are counted with it. What is
/// read from files and from other machines has wall clock time only, and is bounded where it is read.
/// </summary>
public static class SteadyTime
{
    /// <summary>Since a moment that is the same for all users of this clock, and is no date.</summary>
    public static TimeSpan Steady(this TimeProvider time) => time.GetElapsedTime(0);

    /// <summary>Rounded up to what timers can wait for: they cut off parts of a millisecond, and the end of such a wait would be a spin.</summary>
    public static TimeSpan ForTimer(this TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));

    /// <summary>
    /// How long ago the file was last written. A date that is more than a moment ahead of the clock was written while the clock was
    /// wrong: such a file counts as old, since it would else stay young until that date.
    /// </summary>
    public static TimeSpan AgeOf(this TimeProvider time, string file)
    {
        var age = time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file);
        return age < -Moment ? TimeSpan.MaxValue : age;
    }

    /// <summary>How far the clocks of two machines, or of a machine and its disk, may be apart without being wrong.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMinutes(5);
}
