using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>One request in a simulated network: bytes that go from a giver (null: the origin) to a taker.</summary>
public sealed class SimFlow(SimNode? from, SimNode to, SwarmOrder order, long length)
{
    public SimNode? From { get; } = from;

    public SimNode To { get; } = to;

    public SwarmOrder Order { get; } = order;

    public long Length { get; } = length;

    public double Sent { get; set; }

    /// <summary>Bytes a second, as the network allows at this moment.</summary>
    public double Rate { get; set; }

    /// <summary>The most that the giver has to send at this moment: it may still be getting the piece itself.</summary>
    public double Limit { get; set; }

    public bool IsOver { get; set; }
}
