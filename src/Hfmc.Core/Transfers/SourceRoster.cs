using Hfmc.Core.Platform;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Which source is asked next: the first in the given order that is neither left out nor resting. A failure without any byte
/// means a rest that doubles from half a second to 15 s; a final refusal, or the second lie, means left out for this blob.
/// </summary>
public sealed class SourceRoster(IReadOnlyList<ISource> sources, TimeProvider time, Random jitter)
{
    static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15), Jitter: 0.5);

    readonly List<Entry> _entries = [.. sources.Select(source => new Entry(source))];

    /// <summary>Why each source that failed did so, for the closing sentence.</summary>
    public IReadOnlyList<SourceException> Failures => [.. _entries.Select(entry => entry.LastError).OfType<SourceException>()];

    /// <summary>True when asking anybody again cannot help.</summary>
    public bool IsExhausted => _entries.TrueForAll(entry => entry.IsOut);

    public IReadOnlyList<ISource> Sources => [.. _entries.Select(entry => entry.Source)];

    /// <summary>A source that turned up later.</summary>
    public void Add(ISource source) => _entries.Add(new(source));

    /// <summary>How long the source rests from now on; null when it is left out.</summary>
    public TimeSpan? RestOf(ISource source) =>
        Of(source) is { IsOut: false } entry ? Longer(entry.RestsUntil - time.Steady(), TimeSpan.Zero) : null;

    /// <summary>Null when all are resting or out.</summary>
    public ISource? Next() =>
        _entries.Find(entry => !entry.IsOut && time.Steady() >= entry.RestsUntil)?.Source;

    /// <summary>How long until somebody is ready; zero when somebody is.</summary>
    public TimeSpan UntilNext() => (_entries.Where(entry => !entry.IsOut).Min(entry => entry.RestsUntil) - time.Steady()).ForTimer();

    /// <summary>A source that delivered something before it failed is asked again at once: the break is on the way, not in it.</summary>
    public void Failed(ISource source, SourceException error, bool delivered)
    {
        var entry = Of(source);
        entry.LastError = error;
        if (error.IsFinal)
            entry.IsOut = true;
        else if (error.Fault is SourceFault.Lied or SourceFault.WrongBytes)
            Strike(source, error);
        else if (error.RetryAfter is { } wait)
            entry.RestsUntil = time.Steady() + Longer(wait, NextRest(entry)); // "At once" would be asking without end.
        else if (delivered)
            entry.Rests = 0;
        else
            entry.RestsUntil = time.Steady() + NextRest(entry);
    }

    /// <summary>The source gave wrong bytes, or contradicted what is known: once is forgiven.</summary>
    public void Strike(ISource source, SourceException error)
    {
        var entry = Of(source);
        entry.LastError = error;
        entry.IsOut = ++entry.Strikes > 1;
        source.Misbehaved(error);
        source.Forget();
    }

    /// <summary>The source is not asked any more.</summary>
    public void LeaveOut(ISource source, SourceException error) => (Of(source).LastError, Of(source).IsOut) = (error, true);

    TimeSpan NextRest(Entry entry) => s_backoff.After(++entry.Rests, jitter);

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    Entry Of(ISource source) => _entries.Find(entry => entry.Source == source) ?? throw new ArgumentException("not in this roster", nameof(source));

    sealed class Entry(ISource source)
    {
        public ISource Source { get; } = source;

        public SourceException? LastError { get; set; }

        public TimeSpan RestsUntil { get; set; }

        public int Rests { get; set; }

        public int Strikes { get; set; }

        public bool IsOut { get; set; }
    }
}
