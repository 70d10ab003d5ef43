namespace Hfmc.Testing.Swarm;

/// <summary>One direction of a cable, in bytes a second.</summary>
public sealed class SimLink(double bytes)
{
    public double Bytes { get; } = bytes;

    /// <summary>What is not given to a flow yet, while the network shares.</summary>
    public double Left { get; set; }

    /// <summary>Flows that could take more, while the network shares.</summary>
    public int Takers { get; set; }
}

/// <summary>Nodes behind one switch, whose way out they share.</summary>
public sealed class SimRack(double up, double down)
{
    public SimLink Up { get; } = new(up);

    public SimLink Down { get; } = new(down);
}
