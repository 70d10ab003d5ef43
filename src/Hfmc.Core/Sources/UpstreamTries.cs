using Hfmc.Core.Hub;
using Hfmc.Core.Platform;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// How one lookup got on with each upstream: what it said last, when it may be asked again, and when it is given up. One that is
/// away (refused, no such name) or says what cannot be right is asked once more after a moment, in case it is just being
/// restarted; a limit is waited for as long as the caller has patience; other trouble for half a minute.
/// </summary>
/// <param name="hubs">In the order they are asked.</param>
/// <param name="patience">How long a limit (429) is waited for.</param>
/// <param name="mayDoWithout">What is wanted is here: nobody is waited for longer than a glance.</param>
/// <param name="time">The clock.</param>
sealed class UpstreamTries(IReadOnlyList<HubClient> hubs, TimeSpan patience, bool mayDoWithout, TimeProvider time)
{
    static readonly TimeSpan Trouble = TimeSpan.FromSeconds(30), Glance = TimeSpan.FromSeconds(2.5), KnownGlance = TimeSpan.FromSeconds(0.3);

    static readonly TimeSpan OnceMore = TimeSpan.FromSeconds(0.75);

    static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1.25), TimeSpan.FromSeconds(8), Jitter: 0.4);

    long _begun = time.GetTimestamp();
    readonly HashSet<HubClient> _doubted = [.. hubs.Where(hub => hub.Backoff?.IsInDoubt(hub.Upstream) is true)];
    readonly Dictionary<HubClient, Try> _tries = [];

    /// <summary>What they said last, and why.</summary>
    public IReadOnlyDictionary<HubClient, SourceException> Errors => _tries.ToDictionary(one => one.Key, one => one.Value.Error);

    /// <summary>Those that have not given a final answer yet; who misbehaved lately comes last, and only where the others do not know.</summary>
    public IReadOnlyList<HubClient> Open => [.. hubs.Where(hub => !_tries.TryGetValue(hub, out var one) || !one.Error.IsFinal)
        .OrderBy(hub => hub.Conduct?.RestOf(hub.Upstream.Name) is null ? 0 : 1).ThenBy(hub => _doubted.Contains(hub) ? 1 : 0)];

    /// <summary>Those that may be asked now.</summary>
    public IReadOnlyList<HubClient> Ready => [.. Open.Where(hub => RestOf(hub) == TimeSpan.Zero)];

    /// <summary>How long an answer is waited for; null: as long as such an answer may take.</summary>
    public TimeSpan? Look => mayDoWithout ? Limit - time.GetElapsedTime(_begun) : null;

    /// <summary>Somebody went on with a list at that time: trouble before then is over.</summary>
    public void Heard(long at) => _begun = Math.Max(_begun, at);

    public void Note(HubClient hub, SourceException error)
    {
        var times = _tries.TryGetValue(hub, out var before) ? before.Times + 1 : 1;
        var rest = times is 1 && IsSoonOver(error) ? OnceMore : s_backoff.After(times, Random.Shared);
        _tries[hub] = new(error, times, time.Steady() + (error.RetryAfter is { } asked && asked > rest ? asked : rest));
    }

    /// <summary>How long until the next try, who it is, and when it is given up; null when there is nothing to wait for.</summary>
    public (TimeSpan Pause, SourceException Error, TimeSpan Left)? Next()
    {
        if (HomeRefused() || !Open.Any(IsWorthWaiting))
            return null;
        var next = Open.MinBy(RestOf)!;
        return (RestOf(next), _tries[next].Error, LimitOf(_tries[next].Error) - time.GetElapsedTime(_begun));
    }

    // They were away a moment ago: one that is back answers sooner than this.
    TimeSpan Limit => hubs.All(_doubted.Contains) ? KnownGlance : Glance;

    // Then mirrors that are silent need not be waited for: they only have what it has.
    bool HomeRefused() => _tries.Any(one => one is { Key.Upstream.Kind: SourceKind.Hub, Value.Error: HubRefusal { IsFinal: true, Reason: not HubReason.Trouble } });

    bool IsWorthWaiting(HubClient hub) =>
        _tries.TryGetValue(hub, out var one) && !(IsSoonOver(one.Error) && one.Times >= (_doubted.Contains(hub) ? 1 : 2))
        && time.GetElapsedTime(_begun) + RestOf(hub) <= LimitOf(one.Error);

    TimeSpan LimitOf(SourceException error) =>
        mayDoWithout ? Limit
        : error.Fault is SourceFault.Busy || error.RetryAfter >= TimeSpan.FromSeconds(1) ? patience
        : Trouble;

    static bool IsSoonOver(SourceException error) => error.Fault is SourceFault.Away or SourceFault.Lied;

    TimeSpan RestOf(HubClient hub) => _tries.TryGetValue(hub, out var one) ? (one.Until - time.Steady()).ForTimer() : TimeSpan.Zero;

    readonly record struct Try(SourceException Error, int Times, TimeSpan Until);
}
