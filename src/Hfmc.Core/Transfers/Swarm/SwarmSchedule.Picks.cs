namespace Hfmc.Core.Transfers;

/// <summary>The choice of piece and member.</summary>
public sealed partial class SwarmSchedule
{
    readonly PieceSet _touched = new(grid.Count), _offered = new(grid.Count), _none = new(grid.Count);
    long _run = grid.PieceLength;

    // A peer that has a piece or is about to: rare pieces first, so that each soon has many sources.
    SwarmOrder? Relay(TimeSpan now)
    {
        if (_wanted.Count is 0)
            return null;
        foreach (var peer in Free(now).Where(member => !member.IsRoot).OrderBy(member => member.Open).ThenBy(_ => random.Next()))
            if (Rarest(peer) is >= 0 and var piece)
                return new(piece, 1, peer, fromRoot: false, now);
        return null;
    }

    // Of the pieces that are wanted and that the peer offers one that fewest have; -1 when it offers none. What is on its way to the peer
    // comes no faster than it arrives there: that takes the last place only where the peer has nothing that is wanted.
    int Rarest(SwarmMember peer)
    {
        _offered.Clear();
        _offered.AddAll(peer.Held!, except: _none);
        foreach (var order in _orders.Where(order => order.From == peer))
            foreach (var piece in order.Pieces)
                _offered.Remove(piece);
        if (peer.Open < rules.RequestsPerPeer - 1 || _offered.NextIn(_wanted, _wanted, 0) < 0)
            foreach (var piece in peer.Fetching)
                if (_wanted.Contains(piece) && peer.Promises(piece) && !IsAsked(peer, piece) && IsEarly(piece))
                    _offered.Add(piece);
        if (Reader is { } reader && _offered.NextIn(_wanted, _wanted, reader) is var next && next >= reader && next < reader + rules.ReadAhead)
            return next;
        var (best, rarest, ties) = (-1, int.MaxValue, 0);
        for (var piece = -1; (piece = _offered.NextIn(_wanted, _wanted, piece + 1)) >= 0;)
        {
            if (_copies[piece] > rarest)
                continue;
            ties = _copies[piece] < rarest ? 1 : ties + 1;
            if (random.Next(ties) is 0)
                (best, rarest) = (piece, _copies[piece]);
        }
        return best;
    }

    IEnumerable<int> FromReader(IEnumerable<int> pieces) => Reader is { } reader ? pieces.OrderBy(piece => piece < reader) : pieces;

    // In a big crowd few ask for a piece while it arrives at its owner, who could not serve all; the others get it from those. Who they are
    // is another choice for each piece, and all that see the same members make the same.
    bool IsEarly(int piece)
    {
        if (_members.Count <= rules.Followers)
            return true;
        var (mine, before) = (Rendezvous.Weight(blob, piece, self), 0);
        foreach (var member in _members)
            if (!member.IsRoot && Rendezvous.Weight(blob, piece, member.Node!.Value) > mine && ++before >= rules.Followers)
                return false;
        return true;
    }

    // What is mine of the crowd's work; when that is done, what nobody has begun yet.
    SwarmOrder? Root(TimeSpan now)
    {
        if (_wanted.Count is 0 || RootFor(now) is not { } root)
            return null;
        foreach (var piece in FromReader(_wanted.Except(_touched)))
        {
            if (IsMine(piece) && !IsAsked(root, piece))
            {
                _idleSince = null;
                return new(piece, Run(piece, root), root, fromRoot: true, now);
            }
            // Where a request brings the whole blob, the owner of the first piece makes it for all.
            if (root.IsSequential)
                break;
        }
        return Steal(root, now);
    }

    // Where as many peers have all as do not, nobody needs to spare them.
    SwarmOrder? Spare(TimeSpan now)
    {
        if (_wanted.Count is 0)
            return null;
        var (roots, others) = (0, 0);
        foreach (var member in _members)
            if (!member.IsUpstream && !member.IsOut)
                (roots, others) = member.IsRoot ? (roots + 1, others) : (roots, others + 1);
        return roots > others && RootFor(now) is { IsUpstream: false } root && Rarest(root) is >= 0 and var piece ? new(piece, 1, root, fromRoot: true, now) : null;
    }

    // At the end peers that are idle get what others are long at.
    SwarmOrder? Hedge(TimeSpan now)
    {
        if (_orders.Count is 0 || _wanted.Count > 0)
            return null;
        var late = _orders.Where(order => order is { Count: 1, IsSlow: false } && _open[order.First] is 1 && now - order.Begun > rules.Trial / 2
            && !_held.Contains(order.First)).MinBy(order => order.Rate(now));
        if (late is null)
            return null;
        var left = grid.Range(late.First).Length - late.Received;
        return Free(now).Where(peer => !peer.IsUpstream && peer.Held!.Contains(late.First) && !IsAsked(peer, late.First))
            .Where(peer => peer.Rate > 0 && 2 * (late.Received + left) / peer.Rate < left / Math.Max(1, late.Rate(now)))
            .MaxBy(peer => peer.Rate) is { } better
            ? new(late.First, 1, better, fromRoot: false, now)
            : null;
    }

    // One that is too slow with a piece is not asked for it again meanwhile.
    bool IsAsked(SwarmMember member, int piece) =>
        member is { IsUpstream: false, Open: > 0 } && _orders.Exists(order => order.From == member && piece >= order.First && piece < order.First + order.Count);

    IEnumerable<SwarmMember> Free(TimeSpan now) =>
        _members.Where(member => member.IsReady(now) && member.Open < Share(member));

    // Peers that have all before upstreams, in whose order the user has asked for them; but those that break their word again and again last.
    SwarmMember? RootFor(TimeSpan now)
    {
        var seeds = _members.Where(member => !member.IsUpstream && member.IsRoot && member.IsReady(now)).ToList();
        if (!seeds.Exists(seed => seed.LostLeases < rules.LostLeases) && _members.Find(member => member.IsUpstream && member.IsReady(now)) is { } upstream)
            return upstream.Open < Share(upstream) ? upstream : null;
        return seeds.Where(seed => seed.Open < rules.RequestsPerPeer).OrderBy(seed => seed.Open).ThenBy(seed => seed.LostLeases).ThenByDescending(seed => seed.Rate).FirstOrDefault();
    }

    // Alone a request covers many pieces, as far as it stays a small part of what is left, and short: who comes meanwhile wants a share.
    int Run(int first, SwarmMember root)
    {
        if (_owners.Count > 1 && !root.IsSequential)
            return 1;
        var slots = Share(root);
        var most = root.IsSequential ? grid.Count : Math.Max(1, Math.Min(Math.Min(_run, (long)(root.Rate * rules.LongestRunTime.TotalSeconds)), (grid.Count - _held.Count) * grid.PieceLength / (2 * slots)) / grid.PieceLength);
        var count = 1;
        while (count < most && first + count < grid.Count && _wanted.Contains(first + count) && !_touched.Contains(first + count))
            count++;
        return count;
    }

    // What is with a peer that can still give it, or on its way to one.
    void FindTouched()
    {
        _touched.Clear();
        foreach (var member in _members)
        {
            if (member.IsRoot || member.IsOut)
                continue;
            _touched.AddAll(member.Held!, except: member.Lost);
            foreach (var piece in member.Fetching)
                if (!member.Lost.Contains(piece))
                    _touched.Add(piece);
        }
    }
}
