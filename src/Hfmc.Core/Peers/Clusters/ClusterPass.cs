using System.Collections.Concurrent;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>
/// This node as a member of its cluster: what it shows to others, and which of them have shown it the same. What is restricted is asked of
/// those alone, over TLS. Safe for several threads.
/// </summary>
public sealed class ClusterPass(ClusterBook book, NodeId self, TimeProvider time)
{
    // A certificate is renewed half its life before it ends: by its own node, which has the cluster's key as every member has.
    static readonly TimeSpan Renewal = MemberCertificate.Lifetime / 2;

    // A member that is greeted after this long is asked for its certificate again: so removals travel.
    static readonly TimeSpan Good = TimeSpan.FromMinutes(5);

    const int MostMet = 4096;

    readonly ConcurrentDictionary<PeerAddress, Met> _met = new();
    Issued? _own;

    /// <summary>Null when this machine is in no cluster, or was removed from it.</summary>
    public Cluster? Current => book.Read() is { } cluster && !cluster.Removed.ContainsKey(self) ? cluster : null;

    /// <summary>This node's own certificate; null without a cluster.</summary>
    public MemberCertificate? Own()
    {
        if (Current is not { } cluster)
            return null;
        var now = time.GetUtcNow();
        if (Volatile.Read(ref _own) is { } own && own.Of == cluster.Key.Id && own.Certificate.Until - now is var left && left > Renewal && left <= MemberCertificate.Lifetime)
            return own.Certificate;
        var made = MemberCertificate.Issue(cluster.Key, self, now);
        Volatile.Write(ref _own, new(cluster.Key.Id, made));
        return made;
    }

    /// <summary>What members tell each other.</summary>
    public PeerClusterMessage? Message() => Current is { } cluster && Own() is { } own ? new(own.ToString(), [.. cluster.Removed.Values]) : null;

    /// <summary>Whether a node that has proven its key is a member with this certificate.</summary>
    public bool IsMember(NodeId proven, string? certificate) => Current is { } cluster && !cluster.Removed.ContainsKey(proven)
        && MemberCertificate.Parse(certificate) is { } shown && shown.IsGood(cluster.Key, proven, time.GetUtcNow());

    /// <summary>Takes what a member says of others.</summary>
    public void Hear(PeerClusterMessage message) => book.Remove((message.Removed ?? []).OfType<MemberRemoval>().Take(ClusterBook.MostRemoved));

    /// <summary>The node there has shown that it is a member.</summary>
    public void Meet(PeerAddress peer, NodeId node)
    {
        if (_met.Count >= MostMet)
            _met.Clear();
        _met[peer] = new(node, Current?.Key.Id, time.GetTimestamp());
    }

    /// <summary>It was a member a moment ago and is the same node still.</summary>
    public bool HasMet(PeerAddress peer, NodeId node) => MemberAt(peer, Good) == node;

    /// <summary>How what is restricted is asked there.</summary>
    /// <exception cref="SourceException">No member is known there.</exception>
    public PeerWay WayTo(PeerAddress peer) => MemberAt(peer, MemberCertificate.Lifetime) is { } node
        ? new(IsTls: true, node)
        : throw new SourceException(SourceFault.Missing, $"peer {peer} is not a member of this machine's cluster");

    NodeId? MemberAt(PeerAddress peer, TimeSpan good) =>
        _met.TryGetValue(peer, out var met) && Current is { } cluster && met.Of == cluster.Key.Id && !cluster.Removed.ContainsKey(met.Node)
        && time.GetElapsedTime(met.At) < good ? met.Node : null;

    readonly record struct Met(NodeId Node, string? Of, long At);

    sealed record Issued(string Of, MemberCertificate Certificate);
}
