namespace Hfmc.Core.Transfers;

/// <summary>A moment of a blob's crowd, as this node sees it: for those who watch.</summary>
/// <param name="Members">Peers that want or have the blob, and this node.</param>
/// <param name="Owners">Members that fetch pieces from upstreams or complete peers, each its own.</param>
/// <param name="Owned">Pieces that are this node's own.</param>
/// <param name="Pieces">Pieces that the blob has.</param>
/// <param name="Held">Pieces that are here.</param>
public sealed record CrowdView(int Members, int Owners, int Owned, int Pieces, int Held)
{
    /// <summary>Pieces here that nothing vouches for yet: all of them, as long as there is no proven list of the blob's chunks.</summary>
    public int Provisional { get; init; } = Held;
}
