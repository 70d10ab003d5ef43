using System.Text.Json.Serialization;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Transfers;

/// <summary>What a source did wrong, how often, and until when it is not asked.</summary>
public sealed record Misdeed(string Source, string Deed, int Times, DateTimeOffset RestsUntil)
{
    /// <summary>Of the last time.</summary>
    [JsonIgnore]
    public SourceFault Fault { get; init; }
}

/// <summary>A source is not asked for what it did before.</summary>
public sealed class RestingException(Misdeed misdeed)
    : SourceException(misdeed.Fault, $"{misdeed.Source} is not asked until {misdeed.RestsUntil.ToLocalTime():HH:mm:ss}: {misdeed.Deed}");

/// <summary>
/// What peers and upstreams did that no honest one does: bytes of another digest, answers that cannot be right. Once is forgiven and
/// kept in mind; from the second time on the source rests, for a minute first, and twice as long each time: a peer is not asked then, an
/// upstream only after all others. An hour after its rest it is forgotten. Bounded, never saved, safe for several threads.
/// </summary>
public sealed class Conduct(TimeProvider time)
{
    /// <summary>Sources that are kept in mind.</summary>
    public const int Most = 256;

    const int LongestDeed = 300;

    public static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1), Memory = TimeSpan.FromHours(1);

    static readonly Backoff s_backoff = new(FirstRest, Longest: TimeSpan.FromHours(1));

    readonly Lock _lock = new();
    readonly Dictionary<string, Entry> _misdeeds = [];

    /// <summary>Those that are kept in mind, the last to rest first.</summary>
    public IReadOnlyList<Misdeed> Current
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return [.. _misdeeds.Values.OrderByDescending(misdeed => misdeed.Until).Select(Tell)];
            }
        }
    }

    /// <summary>Notes what a source did, if it is of that kind.</summary>
    public void Note(string source, SourceException error)
    {
        // That it was not asked is no deed of its own.
        if (error is RestingException || error.Fault is not (SourceFault.Lied or SourceFault.WrongBytes))
            return;
        lock (_lock)
        {
            Forget();
            var times = (_misdeeds.GetValueOrDefault(source)?.Times ?? 0) + 1;
            if (times is 1 && _misdeeds.Count >= Most)
                _misdeeds.Remove(_misdeeds.Values.MinBy(misdeed => misdeed.Until)!.Source);
            // Once is forgiven.
            var rest = times < 2 ? TimeSpan.Zero : s_backoff.After(times - 1);
            _misdeeds[source] = new(source, error.Message.Length > LongestDeed ? error.Message[..LongestDeed] : error.Message, times, error.Fault, time.Steady() + rest);
        }
    }

    /// <summary>What keeps it from being asked now; null when nothing does.</summary>
    public Misdeed? RestOf(string source)
    {
        lock (_lock)
            return _misdeeds.GetValueOrDefault(source) is { } misdeed && misdeed.Until > time.Steady() ? Tell(misdeed) : null;
    }

    // The end of the pause as the wall clock stands now: it may have been set right since.
    Misdeed Tell(Entry misdeed) =>
        new(misdeed.Source, misdeed.Deed, misdeed.Times, time.GetUtcNow() + (misdeed.Until - time.Steady())) { Fault = misdeed.Fault };

    void Forget()
    {
        foreach (var misdeed in _misdeeds.Values.Where(misdeed => misdeed.Until + Memory < time.Steady()).ToList())
            _misdeeds.Remove(misdeed.Source);
    }

    // Until is of the steady clock.
    sealed record Entry(string Source, string Deed, int Times, SourceFault Fault, TimeSpan Until);
}
