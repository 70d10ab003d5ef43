namespace Hfmc.Core.Transfers;

/// <summary>
/// What a swarm knows of one place that pieces come from: an upstream, or a peer with what it last said. Changed only by the
/// schedule's own thread.
/// </summary>
public sealed class SwarmMember
{
    SwarmMember(string name, ulong? node, PieceSet? held) => (Name, Node, Held, Lost) = (name, node, held, new(held?.Of ?? 0));

    /// <summary>For people and logs.</summary>
    public string Name { get; }

    /// <summary>The first 64 bits of its node id; null for an upstream.</summary>
    public ulong? Node { get; }

    public bool IsUpstream => Node is null;

    /// <summary>What a peer has; null for an upstream.</summary>
    public PieceSet? Held { get; }

    /// <summary>What a peer is getting from a root this moment, and so can be held to relay.</summary>
    public HashSet<int> Fetching { get; } = [];

    /// <summary>It has all: pieces can be got from it as from an upstream.</summary>
    public bool IsRoot => IsUpstream || Held!.IsFull;

    /// <summary>It wants the blob and can reach a root: it takes part as an owner.</summary>
    public bool IsOwner { get; set; }

    /// <summary>It gives the blob only as a whole, from its first byte on: one request is made, and not ended before its end.</summary>
    public bool IsSequential { get; set; }

    /// <summary>Requests that are open to it.</summary>
    public int Open { get; internal set; }

    /// <summary>Bytes a second of its latest requests; 0 as long as nothing is known.</summary>
    public double Rate { get; internal set; }

    /// <summary>Bytes a second of the pieces that it passed on as they arrived there.</summary>
    public double LeaseRate { get; internal set; }

    /// <summary>Not asked before.</summary>
    public TimeSpan RestsUntil { get; set; }

    /// <summary>Requests in a row that it had no room for.</summary>
    public int Refusals { get; internal set; }

    /// <summary>Not asked any more.</summary>
    public bool IsOut { get; set; }

    /// <summary>Pieces that it should have delivered and did not: others may be asked, and roots, as if it had none of them.</summary>
    public PieceSet Lost { get; }

    /// <summary>Pieces lost since it last delivered one in time.</summary>
    public int LostLeases { get; internal set; }

    public static SwarmMember Upstream(string name) => new(name, null, null);

    /// <summary>A peer that has all, and does not tell of changes.</summary>
    public static SwarmMember Seed(string name, int pieces)
    {
        var seed = new SwarmMember(name, 0, new(pieces));
        seed.Held!.Fill();
        return seed;
    }

    public static SwarmMember Peer(string name, ulong node, int pieces) => new(name, node, new(pieces));

    public bool IsReady(TimeSpan now) => !IsOut && now >= RestsUntil;

    /// <summary>It can give the piece, now or while it arrives there.</summary>
    public bool Offers(int piece) => IsUpstream || Held!.Contains(piece) || Promises(piece);

    /// <summary>It is fetching the piece, and has not failed at it before.</summary>
    public bool Promises(int piece) => Fetching.Contains(piece) && !Lost.Contains(piece);
}
