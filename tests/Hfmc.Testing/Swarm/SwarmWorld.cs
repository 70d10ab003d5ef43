using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>
/// A crowd in virtual time: real schedules, a simulated network and origin, news between members that take a while. One thread,
/// one random source: the same seed gives the same run.
/// </summary>
public sealed class SwarmWorld
{
    // What real daemons take to speak to each other for the first time, to hear of a piece begun, and of pieces that are there.
    static readonly TimeSpan Meeting = TimeSpan.FromMilliseconds(30), News = TimeSpan.FromMilliseconds(5), Gathered = TimeSpan.FromMilliseconds(100);

    // A node begins when those that it was told of have answered.
    static readonly TimeSpan Settling = 2 * Meeting;

    const int MostServed = 32;

    readonly SwarmRules _rules;
    readonly Random _random;
    readonly SimNetwork _network;
    readonly List<SimFlow> _flows = [];
    readonly PriorityQueue<Action, TimeSpan> _events = new();
    readonly TimeSpan _step;

    public SwarmWorld(long size, double originUp, Random random, SwarmRules? rules = null, TimeSpan? step = null)
    {
        (Grid, OriginUp, _random, _rules, _step) = (new(size), originUp, random, rules ?? new(), step ?? TimeSpan.FromMilliseconds(5));
        _network = new(originUp) { OriginIsUp = originUp > 0 };
        Blob = (ulong)random.NextInt64();
    }

    public PieceGrid Grid { get; }

    public double OriginUp { get; }

    public ulong Blob { get; }

    public List<SimNode> Nodes { get; } = [];

    public TimeSpan Now { get; private set; }

    /// <summary>Bytes that the origin has sent.</summary>
    public double FromOrigin { get; private set; }

    /// <summary>Notices between members.</summary>
    public long Messages { get; private set; }

    /// <summary>How many members one node keeps up with.</summary>
    public int MostKnown { get; init; } = 48;

    public double Copies => FromOrigin / Grid.Size;

    public IEnumerable<SimNode> Live => Nodes.Where(node => !node.IsGone && node is { IsMute: false, Lies: false });

    public SimNode Add(double up, double down, TimeSpan joins = default, bool seed = false, bool lies = false, bool mute = false)
    {
        var node = new SimNode(Nodes.Count, (ulong)_random.NextInt64(), up, down, joins) { IsSeed = seed, Lies = lies, IsMute = mute };
        Nodes.Add(node);
        At(joins, () => Arrive(node));
        return node;
    }

    public void At(TimeSpan moment, Action happens) => _events.Enqueue(happens, moment);

    public void StopOrigin()
    {
        _network.OriginIsUp = false;
        foreach (var flow in _flows.Where(flow => flow.From is null).ToList())
            Break(flow, TimeSpan.FromSeconds(5));
    }

    /// <summary>The node is gone from one moment to the next; its connections break.</summary>
    public void Kill(SimNode node)
    {
        node.IsGone = true;
        foreach (var flow in _flows.Where(flow => flow.From == node || flow.To == node).ToList())
            if (flow.To == node)
                Remove(flow);
            else
                Break(flow, TimeSpan.FromSeconds(0.5));
        foreach (var other in Nodes.Where(other => other.Knows.ContainsKey(node)))
            After(News, () => Forget(other, node));
    }

    /// <summary>Runs until every live node is complete; false when that has not happened by the deadline.</summary>
    public bool Run(TimeSpan deadline)
    {
        while (Live.Any(node => !node.IsSeed && node.DoneAt is null))
        {
            if (Now > deadline)
                return false;
            Step();
        }
        return true;
    }

    void Step()
    {
        Now += _step;
        while (_events.TryPeek(out _, out var due) && due <= Now)
            _events.Dequeue()();
        foreach (var node in Nodes)
            if (node is { IsHere: true, IsGone: false, Schedule: not null, DoneAt: null } && Now >= node.Joins + Settling)
                Plan(node);
        foreach (var flow in _flows)
            flow.Limit = LimitOf(flow);
        _network.Share(_flows);
        foreach (var flow in _flows.ToList())
            Carry(flow);
    }

    void Plan(SimNode node)
    {
        var schedule = node.Schedule!;
        foreach (var silent in schedule.Silent(Now).Concat(schedule.Needless()).ToList())
            if (_flows.Find(flow => flow.To == node && flow.Order == silent) is { } flow)
                Break(flow, schedule.Needless().Contains(silent) ? TimeSpan.Zero : TimeSpan.FromSeconds(0.5));
        if (!node.IsBusy && !(schedule.Wake(Now - _step) <= Now))
            return;
        node.IsBusy = false;
        foreach (var order in schedule.Next(Now))
        {
            var from = node.Knows.FirstOrDefault(known => known.Value == order.From).Key;
            var flow = new SimFlow(from, node, order, Grid.Range(order.First, order.Count).Length);
            _flows.Add(flow);
            node.Incoming.Add(flow);
            if (from is { Outgoing: >= MostServed } or { IsGone: true } || from is null && !_network.OriginIsUp)
            {
                Break(flow, TimeSpan.FromSeconds(0.2));
                continue;
            }
            if (from is not null)
                from.Outgoing++;
            if (order.FromRoot)
                Tell(node, (other, member) => order.Pieces.ToList().ForEach(piece => { if (!member.Held!.Contains(piece)) member.Fetching.Add(piece); }), News);
        }
    }

    // What the giver has of the piece and has not sent yet.
    double LimitOf(SimFlow flow)
    {
        if (flow.From is not { } giver)
            return double.MaxValue;
        if (giver.IsMute || giver.IsGone)
            return 0;
        if (giver.Has(flow.Order.First))
            return double.MaxValue;
        var ahead = giver.Incoming.Where(incoming => incoming.Order.Pieces.Contains(flow.Order.First))
            .Select(incoming => incoming.Sent - (flow.Order.First - incoming.Order.First) * Grid.PieceLength).DefaultIfEmpty(0).Max();
        return Math.Max(0, (ahead - flow.Sent) / _step.TotalSeconds);
    }

    void Carry(SimFlow flow)
    {
        if (flow.IsOver)
            return;
        var bytes = Math.Min(flow.Rate * _step.TotalSeconds, flow.Length - flow.Sent);
        flow.Sent += bytes;
        if (flow.From is null)
            FromOrigin += bytes;
        flow.Order.Progress((long)flow.Sent, Now);
        foreach (var piece in flow.Order.Pieces)
            if (!flow.To.Schedule!.Held.Contains(piece) && flow.Sent >= Grid.Range(flow.Order.First, piece - flow.Order.First + 1).Length - 0.5)
                Arrived(flow, piece);
        if (flow.Sent < flow.Length - 0.5)
            return;
        Remove(flow);
        flow.To.Schedule!.Done(flow.Order, Now);
        flow.To.IsBusy = true;
    }

    void Arrived(SimFlow flow, int piece)
    {
        var node = flow.To;
        node.Schedule!.Hold(piece);
        node.IsBusy = true;
        if (flow.From is { } giver && (giver.Lies || giver.Wrong.Contains(piece)))
            node.Wrong.Add(piece);
        if (node.NewPieces.Count is 0)
            After(Gathered, () => TellPieces(node));
        node.NewPieces.Add(piece);
        if (node.Schedule.Held.IsFull && !node.Lies)
            Finish(node);
    }

    // What is wrong is found by the digests of chunks, and fetched again from the origin.
    void Finish(SimNode node)
    {
        if (node.Wrong.Count is 0)
        {
            node.DoneAt ??= Now;
            return;
        }
        foreach (var member in node.Knows.Where(known => known.Key.Lies).Select(known => known.Value).ToList())
            node.Schedule!.Leave(member);
        foreach (var piece in node.Wrong)
            node.Schedule!.Drop(piece);
        node.Wrong.Clear();
    }

    void TellPieces(SimNode node)
    {
        var pieces = node.NewPieces.ToList();
        node.NewPieces.Clear();
        Tell(node, (other, member) => pieces.ForEach(piece => other.Schedule!.Learn(member, piece)), TimeSpan.Zero);
    }

    void Tell(SimNode node, Action<SimNode, SwarmMember> news, TimeSpan delay)
    {
        foreach (var other in Nodes.Where(other => other.Knows.ContainsKey(node) && other is { IsGone: false, DoneAt: null }))
        {
            Messages++;
            After(delay, () =>
            {
                if (other.Knows.TryGetValue(node, out var member) && other.Schedule is not null)
                    news(other, member);
                other.IsBusy = true;
            });
        }
    }

    void Arrive(SimNode node)
    {
        node.IsHere = true;
        if (!node.IsSeed)
        {
            node.Schedule = new(Grid, Blob, node.Id, _rules, _random);
            if (OriginUp > 0)
                node.Schedule.Join(node.Origin = SwarmMember.Upstream("origin"));
        }
        // All were told of the first one only, which tells them of the others.
        var present = Nodes.Where(other => other is { IsHere: true, IsGone: false } && other != node).ToList();
        var known = present.Count <= MostKnown ? present : Chosen(present);
        foreach (var other in known)
            Meet(node, other);
        if (node.Schedule is not null)
            node.IsBusy = true;
    }

    // Those of the highest standing, for all keep to the same owners, and some at random.
    List<SimNode> Chosen(List<SimNode> present)
    {
        var owners = present.OrderByDescending(other => Rendezvous.Standing(Blob, other.Id)).Take(_rules.Owners).ToList();
        return [.. owners, .. present.Except(owners).OrderBy(_ => _random.Next()).Take(MostKnown - owners.Count)];
    }

    void Meet(SimNode one, SimNode other)
    {
        After(Meeting, () => See(one, other));
        After(Meeting * (0.5 + _random.NextDouble()), () => See(other, one));
    }

    void See(SimNode node, SimNode other)
    {
        if (node.Schedule is null || node.IsGone || other.IsGone || node.Knows.ContainsKey(other))
            return;
        var member = node.Knows[other] = SwarmMember.Peer($"{other}", other.Id, Grid.Count);
        foreach (var piece in Enumerable.Range(0, Grid.Count).Where(other.Has))
            member.Held!.Add(piece);
        foreach (var piece in other.Schedule?.Fetching ?? [])
            member.Fetching.Add(piece);
        member.IsOwner = !other.IsSeed && OriginUp > 0 || other.Schedule?.CanOwn is true;
        node.Schedule.Join(member);
        node.IsBusy = true;
        Messages++;
    }

    static void Forget(SimNode node, SimNode gone)
    {
        if (node.Knows.Remove(gone, out var member))
            node.Schedule?.Leave(member);
        node.IsBusy = true;
    }

    void Break(SimFlow flow, TimeSpan rest)
    {
        Remove(flow);
        flow.To.Schedule!.Failed(flow.Order, rest, Now);
        flow.To.IsBusy = true;
        if (flow.Order.FromRoot)
            Tell(flow.To, (_, member) => flow.Order.Pieces.ToList().ForEach(piece => member.Fetching.Remove(piece)), News);
    }

    void Remove(SimFlow flow)
    {
        flow.IsOver = true;
        if (!_flows.Remove(flow))
            return;
        flow.To.Incoming.Remove(flow);
        if (flow.From is not null)
            flow.From.Outgoing--;
    }

    void After(TimeSpan delay, Action happens) => _events.Enqueue(happens, Now + delay);
}
