namespace Hfmc.Core.Transfers;

/// <summary>Which member fetches which piece from a root.</summary>
public sealed partial class SwarmSchedule
{
    readonly List<(ulong Node, SwarmMember? Member)> _owners = [];
    readonly SwarmMember?[] _ownerOf = new SwarmMember?[grid.Count];
    bool _ownersAreKnown, _canOwn, _isOwner;
    int _candidates;

    /// <summary>Members that own pieces, this node included.</summary>
    public int Owners
    {
        get
        {
            KnowOwners();
            return _owners.Count;
        }
    }

    /// <summary>This node can reach a root.</summary>
    public bool CanOwn => _members.Exists(member => member.IsRoot && !member.IsOut);

    /// <summary>Requests to an upstream that are worth it for this node, as far as it was found out.</summary>
    public int UpstreamWorth { get; set; } = rules.UpstreamRequests;

    int UpstreamShare => Math.Max(1, Math.Min(UpstreamWorth, rules.UpstreamRequests / Math.Max(1, _owners.Count)));

    // Requests that a member should have open at one time.
    int Share(SwarmMember member) => !member.IsUpstream ? rules.RequestsPerPeer : member.IsSequential ? 1 : UpstreamShare;

    void KnowOwners()
    {
        var candidates = _members.Count(IsCandidate);
        if (_ownersAreKnown && _canOwn == CanOwn && _candidates == candidates)
            return;
        (_ownersAreKnown, _canOwn, _candidates) = (true, CanOwn, candidates);
        _owners.Clear();
        if (_canOwn)
            _owners.Add((self, null));
        _owners.AddRange(_members.Where(IsCandidate).Select(member => (member.Node!.Value, (SwarmMember?)member)));
        _owners.Sort((one, other) => Rendezvous.Standing(blob, other.Node).CompareTo(Rendezvous.Standing(blob, one.Node)));
        _rank = Math.Max(0, _owners.FindIndex(owner => owner.Member is null));
        if (_owners.Count > rules.Owners)
            _owners.RemoveRange(rules.Owners, _owners.Count - rules.Owners);
        _isOwner = _owners.Exists(owner => owner.Member is null);
        for (var piece = 0; piece < grid.Count; piece++)
            _ownerOf[piece] = First(piece, passOver: false);
    }

    bool IsCandidate(SwarmMember member) => member is { IsOwner: true, IsOut: false, IsRoot: false } && member.LostLeases < rules.LostLeases;

    // Null is this node; so it is when there is no owner at all, which then matters to nobody.
    SwarmMember? OwnerOf(int piece) => _ownerOf[piece] is { } owner && owner.Lost.Contains(piece) ? First(piece, passOver: true) : _ownerOf[piece];

    bool IsMine(int piece) => _isOwner && OwnerOf(piece) is null;

    SwarmMember? First(int piece, bool passOver)
    {
        var (first, highest) = ((SwarmMember?)null, 0UL);
        foreach (var (node, member) in _owners)
            if (!(passOver && member is not null && member.Lost.Contains(piece)) && Rendezvous.Weight(blob, piece, node) is var weight && weight >= highest)
                (first, highest) = (member, weight);
        return first;
    }
}
