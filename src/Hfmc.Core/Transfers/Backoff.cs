namespace Hfmc.Core.Transfers;

/// <summary>How long to leave alone what fails again and again: twice as long each time, up to a limit. Immutable.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">The limit.</param>
/// <param name="Jitter">The part of each pause that chance may take away, from 0 to 1: it spreads the retries of many machines.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest, double Jitter = 0)
{
    /// <summary>The pause after so many failures in a row, 1 at least.</summary>
    public TimeSpan After(int failures, Random? random = null)
    {
        // Reckoned as a number: doubled often enough, it is more than a time span holds.
        var pause = Math.Min(First.TotalSeconds * Math.Pow(2, failures - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 - Jitter * (random?.NextDouble() ?? 0)));
    }
}
