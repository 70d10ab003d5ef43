namespace Hfmc.Core.Transfers;

/// <summary>What those who watch see of it.</summary>
public sealed partial class SwarmSchedule
{
    public CrowdView View() => new(
        Members: 1 + _members.Count(member => member is { IsUpstream: false, IsOut: false }), Owners, Owned(), grid.Count, _held.Count);

    int Owned()
    {
        KnowOwners();
        return _owners.Exists(owner => owner.Member is null) ? _ownerOf.Count(owner => owner is null) : 0;
    }
}
