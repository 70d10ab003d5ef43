namespace Hfmc.Core.Transfers;

/// <summary>
/// Who is asked for which piece, and when: the brain of a swarm, without clock, network or threads. Facts go in
/// (<see cref="Join"/>, <see cref="Learn"/>, <see cref="Done"/>, <see cref="Failed"/>), requests come out of <see cref="Next"/>.
/// Of the members that want the blob, each piece has one owner, who gets it from a root: an upstream, or a peer that has all.
/// The others get it from the owner while it arrives there, or from whoever has it. Members that see different crowds cause a
/// piece to be fetched twice, never a mistake.
/// </summary>
/// <param name="grid">The pieces of the blob.</param>
/// <param name="blob">The first 64 bits of its name.</param>
/// <param name="self">The first 64 bits of this node's id.</param>
/// <param name="rules">Limits.</param>
/// <param name="random">Spreads choices that are equally good.</param>
public sealed partial class SwarmSchedule(PieceGrid grid, ulong blob, ulong self, SwarmRules rules, Random random)
{
    readonly List<SwarmMember> _members = [];
    readonly List<SwarmOrder> _orders = [];
    readonly PieceSet _held = new(grid.Count), _wanted = Full(grid.Count);
    readonly ushort[] _copies = new ushort[grid.Count], _open = new ushort[grid.Count];

    /// <summary>The piece that a reader waits for: it and those after it come first. Null for nobody, or one who begins at the start.</summary>
    public int? Reader { get; set; }

    /// <summary>What is here.</summary>
    public PieceSet Held => _held;

    public IReadOnlyList<SwarmOrder> Orders => _orders;

    public IReadOnlyList<SwarmMember> Members => _members;

    /// <summary>The pieces that this node is getting from a root: what it tells the crowd.</summary>
    public IEnumerable<int> Fetching => _orders.Where(order => order.FromRoot).SelectMany(order => order.Pieces).Where(piece => !_held.Contains(piece)).Distinct();

    /// <summary>Somebody may yet give what is missing: has it, gets it, or can reach a root.</summary>
    public bool HasHope => _members.Exists(member => !member.IsOut && (member.IsRoot || member.IsOwner || _held.Missing().Any(member.Offers)));

    public void Join(SwarmMember member)
    {
        _members.Add(member);
        _ownersAreKnown = false;
        foreach (var piece in Enumerable.Range(0, member.Held is null ? 0 : grid.Count).Where(piece => member.Held!.Contains(piece)))
            _copies[piece]++;
    }

    /// <summary>The member is gone; requests to it end on their own.</summary>
    public void Leave(SwarmMember member)
    {
        if (!_members.Remove(member))
            return;
        member.IsOut = true;
        _ownersAreKnown = false;
        foreach (var piece in Enumerable.Range(0, member.Held is null ? 0 : grid.Count).Where(piece => member.Held!.Contains(piece)))
            _copies[piece]--;
    }

    /// <summary>A peer has got the piece.</summary>
    public void Learn(SwarmMember peer, int piece)
    {
        peer.Fetching.Remove(piece);
        if (!peer.Held!.Add(piece))
            return;
        peer.Lost.Remove(piece);
        if (_members.Contains(peer))
            _copies[piece]++;
    }

    /// <summary>A peer no longer has the piece.</summary>
    public void Unlearn(SwarmMember peer, int piece)
    {
        if (peer.Held!.Remove(piece) && _members.Contains(peer))
            _copies[piece]--;
    }

    /// <summary>A peer has all.</summary>
    public void LearnAll(SwarmMember peer)
    {
        foreach (var piece in peer.Held!.Missing().ToList())
            Learn(peer, piece);
        peer.IsOwner = false;
        _ownersAreKnown = false;
    }

    /// <summary>A peer takes part in fetching from roots, or no longer does.</summary>
    public void LearnOwner(SwarmMember peer, bool isOwner)
    {
        _ownersAreKnown &= peer.IsOwner == isOwner;
        peer.IsOwner = isOwner;
    }

    /// <summary>The piece is here.</summary>
    public void Hold(int piece)
    {
        _held.Add(piece);
        _wanted.Remove(piece);
    }

    /// <summary>The piece turned out wrong, or was lost.</summary>
    public void Drop(int piece)
    {
        _held.Remove(piece);
        if (_open[piece] is 0)
            _wanted.Add(piece);
    }

    /// <summary>The requests to begin now; each is open until <see cref="Done"/> or <see cref="Failed"/>.</summary>
    public IReadOnlyList<SwarmOrder> Next(TimeSpan now)
    {
        FindSlow(now);
        KnowOwners();
        FindTouched();
        var begun = new List<SwarmOrder>();
        while (_orders.Count < rules.Requests && (Relay(now) ?? Root(now) ?? Spare(now) ?? Hedge(now)) is { } order)
        {
            begun.Add(order);
            _orders.Add(order);
            order.From.Open++;
            foreach (var piece in order.Pieces)
            {
                _open[piece]++;
                _wanted.Remove(piece);
            }
        }
        return begun;
    }

    /// <summary>The request has ended well.</summary>
    public void Done(SwarmOrder order, TimeSpan now)
    {
        End(order, now);
        (order.From.RestsUntil, order.From.Refusals) = (default, 0);
        if (order.Received < grid.Range(order.First, order.Count).Length)
            return;
        if (order.FromRoot)
            _run = Math.Min(rules.LongestRun, 2 * _run);
        if (!order.IsSlow)
            Forgive(order.From);
    }

    /// <summary>
    /// The request has ended early; the member rests for this long. A peer loses what it promised, unless it was only busy: then it rests
    /// twice as long each time, for those who have asked too much are many.
    /// </summary>
    public void Failed(SwarmOrder order, TimeSpan rest, TimeSpan now, bool isBusy = false)
    {
        End(order, now);
        _run = grid.PieceLength;
        order.From.Refusals = isBusy ? order.From.Refusals + 1 : 0;
        order.From.RestsUntil = now + (order.From.Refusals > 1 ? Longer(rest, new Backoff(rest, rules.LongestRefusal).After(order.From.Refusals)) : rest);
        foreach (var piece in order.Pieces.Where(piece => !isBusy && !_held.Contains(piece)))
            Lose(order.From, piece);
    }

    /// <summary>When to ask <see cref="Next"/> again although nothing has happened; null: when something happens.</summary>
    public TimeSpan? Wake(TimeSpan now)
    {
        var rests = _members.Where(member => !member.IsOut).Select(member => member.RestsUntil);
        var silences = _orders.Where(order => !order.From.IsUpstream).SelectMany(order => new[] { order.LastByte + rules.Silence, order.Begun + rules.Trial, order.Begun + rules.Trial / 2 });
        var thefts = _idleSince is { } idle ? [idle + Patience] : Array.Empty<TimeSpan>();
        return rests.Concat(silences).Concat(thefts).Where(moment => moment > now).Select(moment => (TimeSpan?)moment).Min();
    }

    void End(SwarmOrder order, TimeSpan now)
    {
        if (!_orders.Remove(order))
            return;
        order.From.Open--;
        _lastByte = order.LastByte > _lastByte ? order.LastByte : _lastByte;
        if (!order.IsSlow)
            Close(order);
        if (order.Received is 0)
            return;
        if (order.IsLease)
            order.From.LeaseRate = Smooth(order.From.LeaseRate, order.Rate(now));
        else
            order.From.Rate = Smooth(order.From.Rate, order.Rate(now));
    }

    // Its pieces may be asked for elsewhere.
    void Close(SwarmOrder order)
    {
        foreach (var piece in order.Pieces)
            if (--_open[piece] is 0 && !_held.Contains(piece))
                _wanted.Add(piece);
    }

    static PieceSet Full(int count)
    {
        var set = new PieceSet(count);
        set.Fill();
        return set;
    }

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    static double Smooth(double before, double now) => before is 0 ? now : 0.7 * before + 0.3 * now;
}
