using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>A member of a simulated crowd: its links, its schedule, and what it sees of the others.</summary>
public sealed class SimNode(int number, ulong id, double up, double down, TimeSpan joins)
{
    public int Number { get; } = number;

    public ulong Id { get; } = id;

    public SimLink UpLink { get; } = new(up);

    public SimLink DownLink { get; } = new(down);

    public SimRack? Rack { get; init; }

    public TimeSpan Joins { get; } = joins;

    public bool IsSeed { get; init; }

    /// <summary>Sends wrong bytes.</summary>
    public bool Lies { get; init; }

    /// <summary>Says that it has all, or every second piece, and refuses every request.</summary>
    public bool Boasts { get; init; }

    /// <summary>Takes requests and sends nothing, until that moment.</summary>
    public TimeSpan MuteUntil { get; set; }

    public bool IsHere { get; set; }

    public bool IsGone { get; set; }

    public TimeSpan? DoneAt { get; set; }

    public SwarmSchedule? Schedule { get; set; }

    public Dictionary<SimNode, SwarmMember> Knows { get; } = [];

    public Dictionary<SwarmMember, SimNode> NodeOf { get; } = [];

    public HashSet<SimNode> KnownBy { get; } = [];

    public List<SimFlow> Incoming { get; } = [];

    /// <summary>Requests that it is serving.</summary>
    public int Outgoing { get; set; }

    /// <summary>Bytes that it has sent, got, and got from the origin.</summary>
    public double Uploaded { get; set; }

    public double Downloaded { get; set; }

    public double FromOrigin { get; set; }

    /// <summary>Who gave which piece; null: the origin.</summary>
    public Dictionary<int, SimNode?> Givers { get; } = [];

    /// <summary>Pieces that are here with wrong bytes.</summary>
    public HashSet<int> Wrong { get; } = [];

    public HashSet<int> NewPieces { get; } = [];

    /// <summary>Failures in a row, by member: each doubles the rest.</summary>
    public Dictionary<SwarmMember, int> Failures { get; } = [];

    public bool IsBusy { get; set; } = true;

    public TimeSpan NextGlance { get; set; }

    /// <summary>It counts: it should end with all bytes.</summary>
    public bool IsHonest => !Lies && !Boasts && MuteUntil < TimeSpan.MaxValue;

    public bool Has(int piece) => IsSeed || Boasts && (Number % 2 is 0 || piece % 2 is 0) || Schedule is { } schedule && schedule.Held.Contains(piece);

    /// <summary>How far a piece is that it gets from a root; null when it does not.</summary>
    public double? Ahead(int piece, PieceGrid grid)
    {
        double? ahead = null;
        foreach (var flow in Incoming)
            if (flow.Order.FromRoot && piece >= flow.Order.First && piece < flow.Order.First + flow.Order.Count)
                ahead = Math.Max(ahead ?? 0, flow.Sent - (piece - flow.Order.First) * grid.PieceLength);
        return ahead;
    }

    public override string ToString() => $"node {Number}";
}
