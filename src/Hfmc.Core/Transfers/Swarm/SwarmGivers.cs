using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>Which bytes came from whom, so that blame follows them. Safe for several threads.</summary>
sealed class SwarmGivers
{
    readonly Lock _lock = new();
    readonly Dictionary<SwarmMember, RangeSet> _given = [];

    public void Gave(SwarmMember member, ByteRange range)
    {
        lock (_lock)
        {
            if (!_given.TryGetValue(member, out var ranges))
                _given[member] = ranges = new();
            ranges.Add(range);
        }
    }

    /// <summary>Everybody who gave any of these bytes: one alone is the one to blame.</summary>
    public IReadOnlyCollection<SwarmMember> Of(ByteRange range)
    {
        lock (_lock)
            return [.. from given in _given where given.Value.Within(range).Any() select given.Key];
    }

    /// <summary>The parts of these bytes that one member alone gave. What two have sent, each may have spoilt.</summary>
    public IReadOnlyList<(ByteRange Range, SwarmMember Giver)> Alone(ByteRange range)
    {
        var alone = new List<(ByteRange, SwarmMember)>();
        lock (_lock)
            foreach (var (member, given) in _given)
            {
                var own = new RangeSet();
                foreach (var part in given.Within(range))
                    own.Add(part);
                foreach (var part in _given.Where(other => other.Key != member).SelectMany(other => other.Value.Within(range)))
                    own.Remove(part);
                alone.AddRange(own.Ranges.Select(part => (part, member)));
            }
        return alone;
    }

    public void Forget(ByteRange range)
    {
        lock (_lock)
            foreach (var given in _given.Values)
                given.Remove(range);
    }
}
