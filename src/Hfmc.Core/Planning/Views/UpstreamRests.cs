using Hfmc.Core.Hub;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Planning;

/// <summary>
/// Which upstreams have just failed: they are left alone for a while, so that a storm of questions does not wait for each of them
/// again. When the while is over, one question tries, and the others go on without until it has an answer. Safe for several threads.
/// </summary>
sealed class UpstreamRests(TimeProvider time)
{
    public static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(30), AfterTrouble = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    readonly Lock _lock = new();
    readonly Dictionary<Uri, (TimeSpan End, bool IsAskedFor)> _until = [];

    public bool MayAsk(Upstream upstream)
    {
        lock (_lock)
        {
            if (!_until.TryGetValue(upstream.Address, out var until))
                return true;
            if (time.Steady() < until.End)
                return false;
            _until[upstream.Address] = (time.Steady() + AfterSilence, IsAskedFor: false);
            return true;
        }
    }

    public void Answered(Upstream upstream)
    {
        lock (_lock)
            _until.Remove(upstream.Address);
    }

    public void Failed(Upstream upstream, TimeSpan rest, bool isAskedFor = false)
    {
        lock (_lock)
            _until[upstream.Address] = (time.Steady() + (rest < Longest ? rest : Longest), isAskedFor);
    }

    /// <summary>How long this upstream wants to be left alone, as it said itself; null when it said nothing.</summary>
    public TimeSpan? AskedFor(Upstream upstream)
    {
        lock (_lock)
            return _until.TryGetValue(upstream.Address, out var until) && until.IsAskedFor && until.End > time.Steady() ? until.End - time.Steady() : null;
    }
}
