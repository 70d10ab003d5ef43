using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>
/// A crowd in virtual time: real schedules, a simulated network and origin, news between members that take a while. One thread,
/// one random source: the same seed gives the same run.
/// </summary>
public sealed partial class SwarmWorld
{
    // As the daemon has it: between looks although nothing has happened, and the rest of who refused.
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200), Refused = TimeSpan.FromMilliseconds(200);

    readonly SwarmRules _rules;
    readonly Random _random;
    readonly SimNetwork _network;
    readonly List<SimFlow> _flows = [];
    readonly PriorityQueue<Action, (TimeSpan Moment, int Number)> _events = new();
    readonly TimeSpan _step;
    int _number;

    public SwarmWorld(long size, double originUp, Random random, SwarmRules? rules = null, TimeSpan? step = null)
    {
        (Grid, OriginUp, _random, _rules, _step) = (new(size), originUp, random, rules ?? new(), step ?? TimeSpan.FromMilliseconds(5));
        _network = new(originUp);
        Blob = (ulong)random.NextInt64();
    }

    public PieceGrid Grid { get; }

    public double OriginUp { get; }

    public ulong Blob { get; }

    public List<SimNode> Nodes { get; } = [];

    public TimeSpan Now { get; private set; }

    /// <summary>Bytes that the origin has sent.</summary>
    public double FromOrigin { get; private set; }

    /// <summary>Requests made, and those that a peer had no room for.</summary>
    public long Requests { get; private set; }

    public long Busy { get; private set; }

    /// <summary>Requests that one node serves at once.</summary>
    public int MostServed { get; init; } = 32;

    public double Copies => FromOrigin / Grid.Size;

    /// <summary>Those that should end with all bytes.</summary>
    public IEnumerable<SimNode> Live => Nodes.Where(node => node is { IsGone: false, IsHonest: true });

    /// <summary>Called with each batch of requests of a node.</summary>
    public Action<SimNode, IReadOnlyList<SwarmOrder>>? Ordered { get; set; }

    public SimNode Add(double up, double down, TimeSpan joins = default, bool seed = false, bool lies = false, bool boasts = false, SimRack? rack = null)
    {
        var node = new SimNode(Nodes.Count, (ulong)_random.NextInt64(), up, down, joins) { IsSeed = seed, Lies = lies, Boasts = boasts, Rack = rack };
        Nodes.Add(node);
        At(joins, () => Arrive(node));
        return node;
    }

    public void At(TimeSpan moment, Action happens) => _events.Enqueue(happens, (moment, _number++));

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
        while (_events.TryPeek(out _, out var due) && due.Moment <= Now)
            _events.Dequeue()();
        foreach (var node in Nodes)
            if (node is { IsHere: true, IsGone: false, Schedule: not null, DoneAt: null } && Now >= node.Joins + Settling && (node.IsBusy || Now >= node.NextGlance))
                Plan(node);
        for (var i = _flows.Count - 1; i >= 0; i--)
            if (LimitOf(_flows[i]) is { } limit)
                _flows[i].Limit = limit;
            else
                Fail(_flows[i], Refused * (1 + _random.NextDouble()));
        _network.Share(_flows);
        foreach (var flow in _flows.ToArray())
            Carry(flow);
    }

    void Plan(SimNode node)
    {
        var schedule = node.Schedule!;
        (node.IsBusy, node.NextGlance) = (false, Now + Glance);
        foreach (var silent in schedule.Silent(Now))
            Stall(node.Incoming.Find(flow => flow.Order == silent)!);
        EndNeedless(node);
        var orders = schedule.Next(Now);
        Ordered?.Invoke(node, orders);
        foreach (var order in orders)
            Begin(node, order);
    }

    void Begin(SimNode node, SwarmOrder order)
    {
        var from = node.NodeOf.GetValueOrDefault(order.From);
        var flow = new SimFlow(from, node, order, Grid.Range(order.First, order.Count).Length, _network.Origin);
        Requests++;
        _flows.Add(flow);
        node.Incoming.Add(flow);
        if (from is not null && from.Outgoing++ >= MostServed && Reaches(from, node))
        {
            Busy++;
            Fail(flow, Refused * (1 + _random.NextDouble()), isBusy: true);
        }
        else if (from is { IsGone: true } || from is null && !_network.OriginIsUp)
            Stall(flow);
        else if (order.FromRoot)
            TellFetching(node, order);
    }

    // What the giver has of the piece and has not sent yet, as a rate; null when it neither has it nor gets it.
    double? LimitOf(SimFlow flow)
    {
        if (flow.From is not { } giver)
            return double.MaxValue;
        if (giver.IsGone || giver.MuteUntil > Now || !Reaches(giver, flow.To))
            return 0;
        if (giver.Boasts)
            return null;
        if (giver.Has(flow.Order.First))
            return double.MaxValue;
        return giver.Ahead(flow.Order.First, Grid) is { } ahead ? Math.Max(0, (ahead - flow.Sent) / _step.TotalSeconds) : null;
    }

    void Carry(SimFlow flow)
    {
        if (flow.IsOver || flow.Rate is 0)
            return;
        var bytes = Math.Min(flow.Rate * _step.TotalSeconds, flow.Length - flow.Sent);
        flow.Sent += bytes;
        flow.To.Downloaded += bytes;
        if (flow.From is { } giver)
            giver.Uploaded += bytes;
        else
        {
            FromOrigin += bytes;
            flow.To.FromOrigin += bytes;
        }
        flow.Order.Progress((long)flow.Sent, Now);
        while (flow.Arrived < flow.Order.Count && flow.Sent >= Grid.Range(flow.Order.First, flow.Arrived + 1).Length - 0.5)
            Arrived(flow, flow.Order.First + flow.Arrived++);
        if (flow.IsOver || flow.Sent < flow.Length - 0.5)
            return;
        Remove(flow);
        flow.To.Failures.Remove(flow.Order.From);
        flow.To.Schedule!.Done(flow.Order, Now);
        flow.To.IsBusy = true;
    }

    void Arrived(SimFlow flow, int piece)
    {
        var node = flow.To;
        if (node.Schedule!.Held.Contains(piece))
            return;
        node.Schedule.Hold(piece);
        node.IsBusy = true;
        node.Givers[piece] = flow.From;
        if (flow.From is { } giver && (giver.Lies || giver.Wrong.Contains(piece)))
            node.Wrong.Add(piece);
        if (node.NewPieces.Count is 0)
            After(Gathered, () => TellPieces(node));
        node.NewPieces.Add(piece);
        if (node.Schedule.Held.IsFull && !node.Lies)
            Finish(node);
    }

    void Finish(SimNode node)
    {
        if (node.Wrong.Count > 0)
        {
            Blame(node, [.. node.Wrong]);
            return;
        }
        node.DoneAt ??= Now;
        EndNeedless(node);
    }

    void EndNeedless(SimNode node)
    {
        foreach (var needless in node.Schedule!.Needless())
        {
            var flow = node.Incoming.Find(flow => flow.Order == needless)!;
            Remove(flow);
            node.Schedule.Done(needless, Now);
        }
    }

    // As the daemon rests: not at all when something came, else twice as long each time.
    void Stall(SimFlow flow)
    {
        var failures = flow.To.Failures.GetValueOrDefault(flow.Order.From);
        if (flow.Sent is 0)
            flow.To.Failures[flow.Order.From] = failures + 1;
        Fail(flow, flow.Sent > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, failures), 15) * (0.5 + _random.NextDouble() / 2)));
    }

    void Fail(SimFlow flow, TimeSpan rest, bool isBusy = false)
    {
        Remove(flow);
        flow.To.Schedule!.Failed(flow.Order, rest, Now, isBusy);
        flow.To.IsBusy = true;
        if (flow.Order.FromRoot)
            TellDropped(flow.To, flow.Order);
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

    void After(TimeSpan delay, Action happens) => At(Now + delay, happens);
}
