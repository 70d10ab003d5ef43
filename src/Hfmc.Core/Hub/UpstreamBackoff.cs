using Hfmc.Core.Platform;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Which upstreams have just failed: they are left alone for a while, so that a storm of questions does not wait for each of them
/// again. When the while is over, one question tries, and the others go on without until it has an answer. Safe for several threads.
/// </summary>
public sealed class UpstreamBackoff(TimeProvider time)
{
    // Who is away is known at once, so asking again costs little; who is silent costs seconds.
    static readonly Backoff s_away = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)), s_silent = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

    // What an upstream asks for is obeyed so far.
    static readonly TimeSpan LongestAskedFor = TimeSpan.FromMinutes(2);

    // After that long without a question nothing is known any more.
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    const int Most = 256;

    readonly Lock _lock = new();
    readonly Dictionary<Uri, Failure> _failures = [];

    /// <summary>The upstreams whose last word was a failure, how long ago that was, and what it was.</summary>
    public IReadOnlyList<(Uri Upstream, TimeSpan Ago, string? Why)> Failures
    {
        get
        {
            lock (_lock)
                return [.. _failures.Where(failure => IsRemembered(failure.Value)).Select(failure => (failure.Key, time.Steady() - failure.Value.At, failure.Value.Why))];
        }
    }

    /// <summary>Its last word was a failure, lately: what can do without an answer does not wait for one.</summary>
    public bool IsInDoubt(Upstream upstream)
    {
        lock (_lock)
            return _failures.TryGetValue(upstream.Address, out var failure) && IsRemembered(failure);
    }

    /// <summary>What its last word was, lately; null when it was no failure, or is not known.</summary>
    public string? WhyOf(Upstream upstream)
    {
        lock (_lock)
            return _failures.TryGetValue(upstream.Address, out var failure) && IsRemembered(failure) ? failure.Why : null;
    }

    /// <summary>False while it is left alone. True for one question when that is over; the others wait for its answer.</summary>
    public bool MayAsk(Upstream upstream)
    {
        lock (_lock)
        {
            if (!_failures.TryGetValue(upstream.Address, out var failure))
                return true;
            if (time.Steady() < failure.Until)
                return false;
            _failures[upstream.Address] = failure with { Until = time.Steady() + s_silent.First, IsAskedFor = false };
            return true;
        }
    }

    public void Answered(Upstream upstream)
    {
        lock (_lock)
            _failures.Remove(upstream.Address);
    }

    /// <summary>It failed in this way; what it refused for good reason is no failure.</summary>
    public void Failed(Upstream upstream, SourceException error)
    {
        if (error.Fault is SourceFault.Missing or SourceFault.Denied or SourceFault.Itself)
            return;
        Failed(upstream, error.Fault, error.RetryAfter, error.Message);
    }

    /// <inheritdoc cref="Failed(Upstream, SourceException)"/>
    public void Failed(Upstream upstream, SourceFault fault, TimeSpan? retryAfter = null, string? why = null)
    {
        lock (_lock)
        {
            if (_failures.Count >= Most && !_failures.ContainsKey(upstream.Address))
                _failures.Clear();
            var times = _failures.TryGetValue(upstream.Address, out var before) && IsRemembered(before) ? before.Times + 1 : 1;
            var pause = (fault is SourceFault.Stalled ? s_silent : s_away).After(times);
            if (retryAfter is { } asked)
                pause = asked < LongestAskedFor ? asked : LongestAskedFor;
            _failures[upstream.Address] = new(times, time.Steady(), time.Steady() + pause, fault is SourceFault.Busy, why);
        }
    }

    /// <summary>It failed so long ago, as another process has noted.</summary>
    public void Recall(Uri upstream, TimeSpan ago, string? why)
    {
        lock (_lock)
            _failures.TryAdd(upstream, new(1, time.Steady() - ago, time.Steady(), IsAskedFor: false, why));
    }

    /// <summary>How long this upstream wants to be left alone, as it said itself; null when it said nothing.</summary>
    public TimeSpan? AskedFor(Upstream upstream)
    {
        lock (_lock)
            return _failures.TryGetValue(upstream.Address, out var failure) && failure.IsAskedFor && failure.Until > time.Steady() ? failure.Until - time.Steady() : null;
    }

    bool IsRemembered(Failure failure) => time.Steady() - failure.At < Memory;

    // In a row; of the steady clock.
    readonly record struct Failure(int Times, TimeSpan At, TimeSpan Until, bool IsAskedFor, string? Why);
}
