using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>A small crowd at random, in which as much goes wrong as it is told; it knows how long it may take and what it may cost.</summary>
public sealed class RandomCrowd
{
    const double MiB = 1 << 20;

    readonly Random _random;
    readonly SwarmWorld _world;
    readonly SwarmChecks _checks;
    readonly List<string> _story = [];
    readonly HashSet<SimNode> _faulty = [];
    bool _stopsOrigin;
    double _seconds, _copies = 1.02;

    public RandomCrowd(Random random, int faults)
    {
        _random = random;
        var rules = new SwarmRules();
        var (nodes, pieces) = (random.Next(2, 8), random.Next(4, 41));
        var seeds = random.Next(4) is 0 ? random.Next(1, 3) : 0;
        var kinds = Enumerable.Range(0, faults).Select(_ => random.Next(10)).ToList();
        var (late, lost, narrow) = (kinds.Contains(7), kinds.Contains(8), kinds.Contains(9));
        // Who sees few others may see none that has all.
        var origin = seeds > 0 && !narrow && random.Next(2) is 0 ? 0 : Speed(1, 40);
        if (narrow)
            kinds.RemoveAll(kind => kind is 4);
        _world = new(pieces * (long)MiB - random.Next(1 << 20), origin, random, rules, TimeSpan.FromMilliseconds(10))
        {
            NewsTime = late ? TimeSpan.FromMilliseconds(random.Next(50, 1500)) : TimeSpan.FromMilliseconds(5),
            LostNews = lost ? 0.1 + 0.8 * random.NextDouble() : 0,
            MostKnown = narrow ? random.Next(1, nodes) : 48,
        };
        _story.Add($"{pieces} pieces, origin {origin / MiB:0.0}, news {_world.NewsTime.TotalMilliseconds} ms, {_world.LostNews:0.00} lost, {_world.MostKnown} known");
        _checks = new(_world, rules);
        _checks.Watch();
        var isEven = random.Next(3) is 0;
        for (var i = 0; i < seeds + nodes; i++)
            Add(i < seeds, isEven && i > 0 ? _world.Nodes[0].UpLink.Bytes : Speed(2, 50), kinds);
        _copies += (late ? 1 + origin * _world.NewsTime.TotalSeconds / _world.Grid.Size : 0) + (lost ? 1 : 0) + (narrow ? (double)nodes / _world.MostKnown : 0);
        foreach (var kind in kinds)
            GoWrong(kind);
        Allow(origin);
    }

    /// <summary>What happened, for a failure's message.</summary>
    public string Story => string.Join("; ", _story);

    public void Run()
    {
        try
        {
            var ends = _world.Run(TimeSpan.FromSeconds(_seconds));
            if (!ends)
                throw new InvalidOperationException($"not complete after {_seconds:0} s: {string.Join(", ", _world.Live.Where(node => node is { DoneAt: null, IsSeed: false }).Select(node => $"{node} {node.Schedule?.Held.Count}"))}");
            // Two pieces of each node, or as many as are open at the origin at once: at the end of a small blob these may be all that is left.
            var most = _copies * _world.Grid.Size + Math.Max(2 * _world.Nodes.Count + 1, new SwarmRules().UpstreamRequests) * _world.Grid.PieceLength + _faulty.Sum(node => node.FromOrigin);
            if (_world.FromOrigin > most)
                throw new InvalidOperationException($"the origin sent {_world.FromOrigin / MiB:0.0} MiB, {most / MiB:0.0} at most");
            foreach (var node in _world.Live.Where(node => !node.IsSeed))
            {
                if (node.Wrong.Count > 0 || !node.Schedule!.Held.IsFull)
                    throw new InvalidOperationException($"{node} is done and has wrong pieces");
                _checks.CheckEnd(node);
            }
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"{error.Message} [{Story}]", error);
        }
    }

    void Add(bool isSeed, double speed, List<int> kinds)
    {
        var joins = isSeed || _random.Next(2) is 0 ? TimeSpan.FromMilliseconds(_random.Next(100)) : TimeSpan.FromMilliseconds(_random.Next(4000));
        // The first one is honest, and a seed where there is one.
        var lies = !isSeed && _world.Nodes.Count > 1 && kinds.Contains(5) && _random.Next(4) is 0;
        var boasts = !isSeed && !lies && _world.Nodes.Count > 1 && kinds.Contains(6) && _random.Next(4) is 0;
        var node = _world.Add(speed, speed, joins, isSeed, lies, boasts);
        if (lies || boasts)
        {
            _faulty.Add(node);
            _copies += lies ? 1 : 0;
        }
        _story.Add($"{node} {speed / MiB:0.0} at {joins.TotalSeconds:0.00}{(isSeed ? " seed" : "")}{(lies ? " lies" : "")}{(boasts ? " boasts" : "")}");
    }

    void GoWrong(int kind)
    {
        var moment = TimeSpan.FromMilliseconds(_random.Next(6000));
        var length = TimeSpan.FromMilliseconds(_random.Next(200, 8000));
        var node = _world.Nodes[_random.Next(1, _world.Nodes.Count)];
        if (kind is 0 or 1 && !node.IsSeed)
            _world.At(moment, () => Kill(node));
        if (kind is 2 && !node.IsSeed)
            Mute(node, moment, _random.Next(3) is 0 ? TimeSpan.MaxValue : moment + length);
        if (kind is 3)
            Split(moment, moment + length);
        if (kind is 4 && _world.OriginUp > 0)
            _world.At(TimeSpan.FromMilliseconds(50), StopWhenCrowdHasAll);
    }

    void Kill(SimNode node)
    {
        if (node.IsGone || !_world.OriginIsUp && !_world.CrowdHasAll(without: node))
            return;
        _story.Add($"{node} gone at {_world.Now.TotalSeconds:0.00}");
        _faulty.Add(node);
        _world.Kill(node);
    }

    void Mute(SimNode node, TimeSpan from, TimeSpan to)
    {
        _story.Add($"{node} mute {from.TotalSeconds:0.00} to {(to == TimeSpan.MaxValue ? "the end" : $"{to.TotalSeconds:0.00}")}");
        _faulty.Add(node);
        _world.At(from, () =>
        {
            if (to < TimeSpan.MaxValue || _world.OriginIsUp || _world.CrowdHasAll(without: node))
                node.MuteUntil = to;
        });
        if (to < TimeSpan.MaxValue)
            _seconds += (to - from).TotalSeconds;
    }

    void Split(TimeSpan from, TimeSpan to)
    {
        var (side, isNewsOnly) = (_world.Nodes.Where(_ => _random.Next(2) is 0).ToHashSet(), _random.Next(2) is 0);
        _story.Add($"{(isNewsOnly ? "deaf" : "split")} {string.Join(",", side.Select(node => node.Number))} {from.TotalSeconds:0.00} to {to.TotalSeconds:0.00}");
        _world.Split(side, from, to, isNewsOnly);
        _seconds += (to - from).TotalSeconds;
        _copies += 1;
    }

    void StopWhenCrowdHasAll()
    {
        if (_stopsOrigin)
            return;
        if (!_world.CrowdHasAll())
        {
            _world.At(_world.Now + TimeSpan.FromMilliseconds(50), StopWhenCrowdHasAll);
            return;
        }
        _stopsOrigin = true;
        _story.Add($"origin stops at {_world.Now.TotalSeconds:0.00}");
        _world.StopOrigin();
    }

    // Three times what each narrow place takes for itself, as many copies as it may carry, and time to find out what is wrong.
    void Allow(double origin)
    {
        var (size, nodes) = (_world.Grid.Size, _world.Nodes);
        var slowest = nodes.Min(node => node.UpLink.Bytes);
        var root = origin > 0 && _world.MostKnown < nodes.Count ? origin : Math.Max(origin, nodes.Where(node => node.IsSeed).Sum(node => node.UpLink.Bytes));
        _seconds += nodes.Max(node => node.Joins).TotalSeconds + 3 * (_copies * size / root + 2 * size / slowest) + 10 * (1 + _story.Count - nodes.Count);
    }

    double Speed(double low, double high) => MiB * low * Math.Pow(high / low, _random.NextDouble());
}
