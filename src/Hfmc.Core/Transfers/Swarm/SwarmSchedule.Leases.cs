namespace Hfmc.Core.Transfers;

/// <summary>When a peer has had its time with a piece.</summary>
public sealed partial class SwarmSchedule
{
    /// <summary>Requests to peers that have been silent for too long: to be cancelled, and reported as failed.</summary>
    public IReadOnlyList<SwarmOrder> Silent(TimeSpan now) =>
        [.. _orders.Where(order => !order.From.IsUpstream && now - order.LastByte >= rules.Silence)];

    /// <summary>Requests for pieces that have meanwhile come from elsewhere: to be cancelled, unless they bring more than was asked for.</summary>
    public IReadOnlyList<SwarmOrder> Needless() => [.. _orders.Where(order => !order.From.IsSequential && order.Pieces.All(_held.Contains))];

    // Far below what the others give: the request goes on, but the pieces are free to be asked for elsewhere. What a peer passes on as it
    // arrives is held against the same of others, and what it has against what others have.
    void FindSlow(TimeSpan now)
    {
        FindSlow(now, isLease: true);
        FindSlow(now, isLease: false);
    }

    void FindSlow(TimeSpan now, bool isLease)
    {
        bool IsTried(SwarmOrder order) => order.IsLease == isLease && order is { IsSlow: false, From.IsUpstream: false, Received: > 0 } && now - order.Begun >= rules.Trial;
        if (!_orders.Exists(IsTried) || MedianRate(now, isLease) is not { } median)
            return;
        foreach (var order in _orders.Where(order => IsTried(order) && order.Rate(now) < rules.SlowPart * median))
        {
            order.IsSlow = true;
            Close(order);
            foreach (var piece in order.Pieces.Where(piece => !_held.Contains(piece)))
                Lose(order.From, piece);
        }
    }

    double? MedianRate(TimeSpan now, bool isLease)
    {
        var current = _orders.Where(order => order.IsLease == isLease && !order.From.IsUpstream && order.Received > 0 && now - order.Begun >= rules.Trial / 2)
            .Select(order => order.Rate(now));
        var before = _members.Select(member => isLease ? member.LeaseRate : member.IsUpstream ? 0 : member.Rate).Where(rate => rate > 0);
        var rates = current.Concat(before).Order().ToList();
        return rates.Count > 2 ? rates[rates.Count / 2] : null;
    }

    void Lose(SwarmMember member, int piece)
    {
        if (member.IsUpstream)
            return;
        member.Lost.Add(piece);
        _ownersAreKnown &= ++member.LostLeases != rules.LostLeases;
    }

    // When a root pauses, all owners lose what they promised, and none is to blame: who delivers again is as good as before.
    void Forgive(SwarmMember member)
    {
        _ownersAreKnown &= member.LostLeases < rules.LostLeases;
        member.LostLeases = 0;
    }
}
