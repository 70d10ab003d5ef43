using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>One request in a simulated network: bytes that go from a giver (null: the origin) to a taker.</summary>
public sealed class SimFlow(SimNode? from, SimNode to, SwarmOrder order, long length, SimLink origin)
{
    public SimNode? From { get; } = from;

    public SimNode To { get; } = to;

    public SwarmOrder Order { get; } = order;

    public long Length { get; } = length;

    /// <summary>All that it passes through.</summary>
    public SimLink[] Links { get; } =
    [
        from?.UpLink ?? origin, to.DownLink,
        .. from?.Rack is { } out_ && out_ != to.Rack ? [out_.Up] : Array.Empty<SimLink>(),
        .. to.Rack is { } in_ && in_ != from?.Rack ? [in_.Down] : Array.Empty<SimLink>(),
    ];

    public double Sent { get; set; }

    /// <summary>Pieces of it that have arrived.</summary>
    public int Arrived { get; set; }

    /// <summary>Bytes a second, as the network allows at this moment.</summary>
    public double Rate { get; set; }

    /// <summary>The most that the giver has to send at this moment: it may still be getting the piece itself.</summary>
    public double Limit { get; set; }

    public double More { get; set; }

    public bool IsOver { get; set; }
}
