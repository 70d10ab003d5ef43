using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>A member of a simulated crowd: its links, its schedule, and what it sees of the others.</summary>
public sealed class SimNode(int number, ulong id, double up, double down, TimeSpan joins)
{
    public int Number { get; } = number;

    public ulong Id { get; } = id;

    /// <summary>Bytes a second.</summary>
    public double Up { get; } = up;

    public double Down { get; } = down;

    public TimeSpan Joins { get; } = joins;

    public bool IsSeed { get; init; }

    /// <summary>Sends wrong bytes.</summary>
    public bool Lies { get; init; }

    /// <summary>Takes requests and never sends anything.</summary>
    public bool IsMute { get; init; }

    public bool IsHere { get; set; }

    public bool IsGone { get; set; }

    public TimeSpan? DoneAt { get; set; }

    public SwarmSchedule? Schedule { get; set; }

    /// <summary>The origin, as this node knows it.</summary>
    public SwarmMember? Origin { get; set; }

    public Dictionary<SimNode, SwarmMember> Knows { get; } = [];

    public List<SimFlow> Incoming { get; } = [];

    public int Outgoing { get; set; }

    /// <summary>Pieces that are here with wrong bytes.</summary>
    public HashSet<int> Wrong { get; } = [];

    public HashSet<int> Told { get; } = [];

    public HashSet<int> NewPieces { get; } = [];

    public bool IsBusy { get; set; } = true;

    public bool Has(int piece) => IsSeed || Schedule is { } schedule && schedule.Held.Contains(piece);

    public override string ToString() => $"node {Number}";
}
