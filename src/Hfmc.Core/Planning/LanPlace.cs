using Hfmc.Core.Peers;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Planning;

/// <summary>Where a daemon stands on its LAN: the peers that it was told of, its own id, and the port on which it answers them.</summary>
public sealed record LanPlace(PeerBook Peers, NodeId Node, int Port)
{
    /// <summary>How it knows other nodes again; null for one that has no key and speaks in the clear only.</summary>
    public PeerTrust? Trust { get; init; }

    /// <summary>Its cluster, when it is in one; null for one that cannot be.</summary>
    public ClusterPass? Cluster { get; init; }
}
