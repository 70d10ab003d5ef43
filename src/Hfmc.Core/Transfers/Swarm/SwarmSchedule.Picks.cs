namespace Hfmc.Core.Transfers;

/// <summary>The choice of piece and member.</summary>
public sealed partial class SwarmSchedule
{
    long _run = grid.PieceLength;
    TimeSpan? _idleSince;

    // A peer that has a piece or is about to: rare pieces first, so that each soon has many sources.
    SwarmOrder? Relay(TimeSpan now)
    {
        foreach (var peer in Free(now).Where(member => !member.IsRoot).OrderBy(member => member.Open).ThenBy(_ => random.Next()))
        {
            var (best, rarest, ties) = (-1, int.MaxValue, 0);
            foreach (var piece in _held.Missing())
            {
                if (_open[piece] > 0 || !peer.Offers(piece) || _copies[piece] > rarest)
                    continue;
                ties = _copies[piece] < rarest ? 1 : ties + 1;
                if (random.Next(ties) is 0)
                    (best, rarest) = (piece, _copies[piece]);
            }
            if (best >= 0)
                return new(best, 1, peer, fromRoot: false, now);
        }
        return null;
    }

    // What is mine of the crowd's work; when that is done, what nobody has begun yet.
    SwarmOrder? Root(TimeSpan now)
    {
        if (RootFor(now) is not { } root)
            return null;
        KnowOwners();
        foreach (var piece in _held.Missing())
            if (IsUntouched(piece) && IsMine(piece))
            {
                _idleSince = null;
                return new(piece, Run(piece, root), root, fromRoot: true, now);
            }
        return Steal(root, now);
    }

    // Of the pieces that nobody has begun the one that I stand highest for, so that several thieves seldom meet. Its owner keeps the
    // first one, which it is about to begin, unless it does not for long.
    SwarmOrder? Steal(SwarmMember root, TimeSpan now)
    {
        var untouched = _held.Missing().Where(IsUntouched).ToLookup(OwnerOf);
        if (untouched.Count is 0)
            return null;
        _idleSince ??= now;
        var patient = now - _idleSince < rules.StealAfter;
        var open = untouched.SelectMany(group => patient && group.Key is not null ? group.Skip(1) : group).ToList();
        if (open.Count is 0)
            return null;
        var piece = open.MaxBy(candidate => Rendezvous.Weight(blob, candidate, self));
        return new(piece, 1, root, fromRoot: true, now);
    }

    // At the end peers that are idle get what others are long at.
    SwarmOrder? Hedge(TimeSpan now)
    {
        if (_orders.Count is 0 || _held.Missing().Any(piece => _open[piece] is 0))
            return null;
        var late = _orders.Where(order => order.Count is 1 && !order.From.IsUpstream && _open[order.First] is 1 && now - order.Begun > rules.Trial / 2
            && !_held.Contains(order.First)).MinBy(order => order.Rate(now));
        if (late is null)
            return null;
        var left = grid.Range(late.First).Length - late.Received;
        return Free(now).Where(peer => !peer.IsUpstream && peer != late.From && peer.Held!.Contains(late.First))
            .Where(peer => peer.Rate > 0 && 2 * (late.Received + left) / peer.Rate < left / Math.Max(1, late.Rate(now)))
            .MaxBy(peer => peer.Rate) is { } better
            ? new(late.First, 1, better, fromRoot: false, now)
            : null;
    }

    IEnumerable<SwarmMember> Free(TimeSpan now) =>
        _members.Where(member => member.IsReady(now) && member.Open < (member.IsUpstream ? UpstreamShare : rules.RequestsPerPeer));

    // Peers that have all before upstreams, in whose order the user has asked for them.
    SwarmMember? RootFor(TimeSpan now)
    {
        var seeds = _members.Where(member => !member.IsUpstream && member.IsRoot && member.IsReady(now)).ToList();
        if (seeds.Count > 0)
            return seeds.Where(seed => seed.Open < rules.RequestsPerPeer).OrderBy(seed => seed.Open).ThenByDescending(seed => seed.Rate).FirstOrDefault();
        KnowOwners();
        return _members.Find(member => member.IsUpstream && member.IsReady(now)) is { } upstream && upstream.Open < UpstreamShare ? upstream : null;
    }

    // Alone a request covers many pieces, as far as it stays a small part of what is left, and short: who comes meanwhile wants a share.
    int Run(int first, SwarmMember root)
    {
        if (_owners.Count > 1)
            return 1;
        var slots = root.IsUpstream ? UpstreamShare : rules.RequestsPerPeer;
        var most = Math.Max(1, Math.Min(Math.Min(_run, (long)(root.Rate * rules.LongestRunTime.TotalSeconds)), (grid.Count - _held.Count) * grid.PieceLength / (2 * slots)) / grid.PieceLength);
        var count = 1;
        while (count < most && first + count < grid.Count && !_held.Contains(first + count) && IsUntouched(first + count))
            count++;
        return count;
    }

    // Neither here nor with any peer that can still give it, nor on its way to one.
    bool IsUntouched(int piece) =>
        _open[piece] is 0 && !_members.Exists(member => !member.IsRoot && !member.IsOut && member.Offers(piece));
}
