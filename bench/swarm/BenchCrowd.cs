using Hfmc.Testing.Swarm;

namespace Hfmc.Bench.Swarm;

enum NetworkKind { Lan, Racks, Slow }

/// <summary>A cold crowd for a blob of 256 MiB: nodes with 1 Gbit/s each, an origin with 200 Mbit/s, all within two seconds.</summary>
sealed class BenchCrowd
{
    const double Mbit = 1e6 / 8, Link = 1000 * Mbit, Origin = 200 * Mbit, RackLink = 2000 * Mbit;
    const long Size = 256 << 20;

    readonly NetworkKind _kind;
    readonly int _rackSize;

    public BenchCrowd(NetworkKind kind, int nodes)
    {
        (_kind, _rackSize) = (kind, nodes <= 100 ? 10 : 20);
        var random = new Random(7);
        World = new(Size, Origin, random, step: TimeSpan.FromMilliseconds(nodes < 1000 ? 10 : 20)) { MostKnown = 64 };
        SimRack? rack = null;
        for (var i = 0; i < nodes; i++)
        {
            if (kind is NetworkKind.Racks && i % _rackSize is 0)
                rack = new(RackLink, RackLink);
            var link = IsSlow(i) ? Link / 10 : Link;
            World.Add(link, link, TimeSpan.FromSeconds(2 * random.NextDouble()), rack: rack);
        }
    }

    public SwarmWorld World { get; }

    public string Name => _kind switch
    {
        NetworkKind.Lan => "equal links",
        NetworkKind.Racks => $"racks of {_rackSize}, 2 Gbit/s between them",
        _ => "a tenth at 100 Mbit/s",
    };

    /// <summary>From the first join, over what the narrowest place of the network takes: the origin, all uplinks together, or the node's own link.</summary>
    public string Ratios => _kind is NetworkKind.Slow
        ? $"{Ratio(World.Nodes.Where(node => !IsSlow(node.Number)), Link):0.00}; slow ones {Ratio(World.Nodes.Where(node => IsSlow(node.Number)), Link / 10):0.00}"
        : $"{Ratio(World.Nodes, Link):0.00}";

    double Ratio(IEnumerable<SimNode> nodes, double down)
    {
        var together = World.Nodes.Count * Size / (Origin + World.Nodes.Sum(node => node.UpLink.Bytes));
        var begun = World.Nodes.Min(node => node.Joins);
        return nodes.Max(node => node.DoneAt!.Value - begun).TotalSeconds / Math.Max(Math.Max(Size / Origin, Size / down), together);
    }

    bool IsSlow(int number) => _kind is NetworkKind.Slow && number % 10 is 3;
}
