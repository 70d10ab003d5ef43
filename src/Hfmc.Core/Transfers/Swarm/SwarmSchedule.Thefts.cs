namespace Hfmc.Core.Transfers;

/// <summary>When a member does what another one should.</summary>
public sealed partial class SwarmSchedule
{
    TimeSpan? _idleSince;
    TimeSpan _lastByte;
    int _rank;

    // Those that own nothing are many, so they go one after the other.
    TimeSpan Patience => _isOwner || _owners.Count is 0 ? rules.StealAfter : rules.StealAfter * (_rank / (double)rules.Owners);

    // Of the pieces that nobody has begun the one that I stand highest for, so that several thieves seldom meet. Its owner keeps the
    // first one, which it is about to begin, unless it does not for long. Who owns nothing waits until nothing comes from those who do.
    SwarmOrder? Steal(SwarmMember root, TimeSpan now)
    {
        var untouched = _wanted.Except(_touched).Where(piece => !IsAsked(root, piece)).ToLookup(OwnerOf);
        if (untouched.Count is 0)
            return null;
        if (!_isOwner && _owners.Count > 0 && LastByte() is var last && last > (_idleSince ?? default))
            _idleSince = last;
        _idleSince ??= now;
        var isPatient = now - _idleSince < Patience;
        if (isPatient && (root.IsSequential || !_isOwner) && _owners.Count > 0)
            return null;
        if (root.IsSequential && _wanted.Except(_touched).First() is var first)
            return new(first, Run(first, root), root, fromRoot: true, now);
        var open = untouched.SelectMany(group => isPatient && group.Key is not null ? group.Skip(1) : group).ToList();
        if (open.Count is 0)
            return null;
        var piece = open.MaxBy(candidate => Rendezvous.Weight(blob, candidate, self));
        return new(piece, 1, root, fromRoot: true, now);
    }

    TimeSpan LastByte()
    {
        foreach (var order in _orders)
            if (order.LastByte > _lastByte)
                _lastByte = order.LastByte;
        return _lastByte;
    }
}
