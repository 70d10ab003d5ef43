namespace Hfmc.Core.Transfers;

/// <summary>Which member fetches which piece from a root.</summary>
public sealed partial class SwarmSchedule
{
    readonly List<(ulong Node, SwarmMember? Member)> _owners = [];
    readonly SwarmMember?[] _ownerOf = new SwarmMember?[grid.Count];
    bool _ownersAreKnown;
    bool _canOwn;

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

    void KnowOwners()
    {
        if (_ownersAreKnown && _canOwn == CanOwn)
            return;
        (_ownersAreKnown, _canOwn) = (true, CanOwn);
        _owners.Clear();
        if (_canOwn)
            _owners.Add((self, null));
        _owners.AddRange(_members.Where(member => member is { IsOwner: true, IsOut: false, IsRoot: false } && member.LostLeases < rules.LostLeases)
            .Select(member => (member.Node!.Value, (SwarmMember?)member)));
        _owners.Sort((one, other) => Rendezvous.Standing(blob, other.Node).CompareTo(Rendezvous.Standing(blob, one.Node)));
        if (_owners.Count > rules.Owners)
            _owners.RemoveRange(rules.Owners, _owners.Count - rules.Owners);
        for (var piece = 0; piece < grid.Count; piece++)
            _ownerOf[piece] = First(piece, passOver: false);
    }

    // Null is this node; so it is when there is no owner at all, which then matters to nobody.
    SwarmMember? OwnerOf(int piece) => _ownerOf[piece] is { } owner && owner.HasLost(piece) ? First(piece, passOver: true) : _ownerOf[piece];

    bool IsMine(int piece) => OwnerOf(piece) is null && _owners.Exists(owner => owner.Member is null);

    SwarmMember? First(int piece, bool passOver)
    {
        var (first, highest) = ((SwarmMember?)null, 0UL);
        foreach (var (node, member) in _owners)
            if (!(passOver && member is not null && member.HasLost(piece)) && Rendezvous.Weight(blob, piece, node) is var weight && weight >= highest)
                (first, highest) = (member, weight);
        return first;
    }
}
