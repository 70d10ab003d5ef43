using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>Who hears what of whom, and when.</summary>
public sealed partial class SwarmWorld
{
    // What real daemons take to speak to each other for the first time, and to gather pieces that they have got.
    static readonly TimeSpan Meeting = TimeSpan.FromMilliseconds(30), Gathered = TimeSpan.FromMilliseconds(100);

    // A node begins when those that it was told of have answered.
    static readonly TimeSpan Settling = 2 * Meeting;

    // Who has missed news is told all after that time.
    static readonly TimeSpan Repeat = TimeSpan.FromSeconds(2);

    /// <summary>How long news are on their way.</summary>
    public TimeSpan NewsTime { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The part of news that never arrives.</summary>
    public double LostNews { get; init; }

    /// <summary>Notices between members.</summary>
    public long Messages { get; private set; }

    /// <summary>How many members one node keeps up with: those with the highest standing, for all keep to the same owners, and others at random.</summary>
    public int MostKnown { get; init; } = 48;

    void TellFetching(SimNode node, SwarmOrder order) => Tell(node, (_, member) =>
    {
        foreach (var piece in order.Pieces)
            if (!member.Held!.Contains(piece))
                member.Fetching.Add(piece);
    });

    void TellDropped(SimNode node, SwarmOrder order) => Tell(node, (_, member) =>
    {
        foreach (var piece in order.Pieces)
            member.Fetching.Remove(piece);
    });

    void TellPieces(SimNode node)
    {
        var pieces = node.NewPieces.ToArray();
        node.NewPieces.Clear();
        var isOwner = node.DoneAt is null;
        Tell(node, (other, member) =>
        {
            foreach (var piece in pieces)
                other.Schedule!.Learn(member, piece);
            if (!isOwner)
                other.Schedule!.LearnOwner(member, false);
        });
    }

    void Tell(SimNode node, Action<SimNode, SwarmMember> news)
    {
        var told = new List<SimNode>(node.KnownBy.Count);
        foreach (var other in node.KnownBy)
            if (!other.IsGone && other.DoneAt is null)
            {
                Messages++;
                if (Hears(other, node) && !(LostNews > 0 && _random.NextDouble() < LostNews))
                    told.Add(other);
            }
        After(NewsTime, () =>
        {
            foreach (var other in told)
                if (!node.IsGone && other.DoneAt is null && other.Knows.TryGetValue(node, out var member))
                {
                    news(other, member);
                    other.IsBusy = true;
                }
        });
    }

    void Arrive(SimNode node)
    {
        if (node.IsGone)
            return;
        node.IsHere = true;
        if (node is { IsSeed: false, Boasts: false })
        {
            node.Schedule = new(Grid, Blob, node.Id, _rules, _random);
            if (OriginUp > 0)
                node.Schedule.Join(SwarmMember.Upstream("origin"));
            if (LostNews > 0)
                After(Repeat, () => HearAll(node));
        }
        // All were told of the first one only, which tells them of the others.
        var present = Nodes.Where(other => other is { IsHere: true, IsGone: false } && other != node).ToList();
        foreach (var other in present.Count <= MostKnown ? present : Chosen(present))
            Meet(node, other);
        // Word of one with a high standing goes round.
        if (present.Count > MostKnown && MostKnown >= _rules.Owners && present.Count(other => Standing(other) > Standing(node)) < _rules.Owners)
            foreach (var other in present)
                After(2 * Meeting * (0.5 + _random.NextDouble()), () => See(other, node));
    }

    List<SimNode> Chosen(List<SimNode> present)
    {
        var owners = present.OrderByDescending(Standing).Take(Math.Min(_rules.Owners, MostKnown)).ToList();
        return [.. owners, .. present.Except(owners).OrderBy(_ => _random.Next()).Take(MostKnown - owners.Count)];
    }

    ulong Standing(SimNode node) => Rendezvous.Standing(Blob, node.Id);

    // Who knows as many as it may makes room for one with a high standing, and for nobody else.
    bool MakesRoom(SimNode node, SimNode other)
    {
        if (node.Knows.Count < MostKnown)
            return true;
        var owners = node.Knows.Keys.OrderByDescending(Standing).Take(_rules.Owners).ToList();
        if (owners.Count < _rules.Owners || Standing(other) < Standing(owners[^1]))
            return false;
        Forget(node, node.Knows.Keys.Except(owners).Append(owners[^1]).First());
        return true;
    }

    void Meet(SimNode one, SimNode other)
    {
        After(Meeting, () => See(one, other));
        After(Meeting * (0.5 + _random.NextDouble()), () => See(other, one));
    }

    void See(SimNode node, SimNode other)
    {
        if (node.Schedule is not { } schedule || node.IsGone || other.IsGone || node.DoneAt is not null || node.Knows.ContainsKey(other) || !MakesRoom(node, other))
            return;
        var member = node.Knows[other] = SwarmMember.Peer($"{other}", other.Id, Grid.Count);
        node.NodeOf[member] = other;
        other.KnownBy.Add(node);
        member.IsOwner = other is { IsSeed: false, Boasts: false, DoneAt: null } && (OriginUp > 0 || other.Schedule?.CanOwn is true);
        schedule.Join(member);
        Hear(node, other);
        Messages++;
    }

    // All that the other has and does now.
    void Hear(SimNode node, SimNode other)
    {
        if (!node.Knows.TryGetValue(other, out var member) || !Hears(node, other))
            return;
        member.Fetching.Clear();
        for (var piece = 0; piece < Grid.Count; piece++)
            if (other.Has(piece))
                node.Schedule!.Learn(member, piece);
        foreach (var piece in other.Schedule?.Fetching ?? [])
            if (!member.Held!.Contains(piece))
                member.Fetching.Add(piece);
        node.IsBusy = true;
    }

    void HearAll(SimNode node)
    {
        if (node.IsGone || node.DoneAt is not null)
            return;
        foreach (var other in node.Knows.Keys)
            Hear(node, other);
        if (LostNews > 0)
            After(Repeat, () => HearAll(node));
    }

    void Forget(SimNode node, SimNode gone)
    {
        if (!node.Knows.Remove(gone, out var member))
            return;
        gone.KnownBy.Remove(node);
        node.Schedule!.Leave(member);
        node.IsBusy = true;
    }
}
