using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Hfmc.Testing.Swarm;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

/// <summary>Real schedules in a simulated network: how long the last node takes over the fluid bound, and what the origin sends.</summary>
public sealed class SwarmScheduleTests(ITestOutputHelper output)
{
    const double Mbit = 1e6 / 8;
    const long Size = 256 << 20;

    [Theory]
    [InlineData(50, 2, 1.10, 1.02)]
    [InlineData(50, 4, 1.10, 1.02)]
    [InlineData(50, 8, 1.10, 1.02)]
    [InlineData(50, 16, 1.10, 1.02)]
    [InlineData(200, 8, 1.15, 1.05)]
    public void A_cold_crowd_is_near_the_bound_for_one_copy(double origin, int nodes, double most, double copies)
    {
        var world = new SwarmWorld(Size, origin * Mbit, new(7));
        for (var i = 0; i < nodes; i++)
            world.Add(200 * Mbit, 200 * Mbit, TimeSpan.FromMilliseconds(40 * i));

        Assert.True(world.Run(TimeSpan.FromMinutes(10)));

        var bound = Size / (Math.Min(origin, 200) * Mbit);
        var last = world.Nodes.Max(node => node.DoneAt!.Value.TotalSeconds);
        output.WriteLine($"{last / bound:0.000} x, {world.Copies:0.000} copies, {world.Messages} messages");
        Assert.InRange(last / bound, 0.99, most);
        Assert.InRange(world.Copies, 0.99, copies);
    }

    [Fact]
    public void One_seed_gives_each_piece_about_once()
    {
        var world = new SwarmWorld(Size, 0, new(7));
        world.Add(200 * Mbit, 200 * Mbit, seed: true);
        for (var i = 0; i < 8; i++)
            world.Add(200 * Mbit, 200 * Mbit, TimeSpan.FromMilliseconds(40 * i));

        Assert.True(world.Run(TimeSpan.FromMinutes(10)));

        var last = world.Nodes.Max(node => node.DoneAt?.TotalSeconds ?? 0) / (Size / (200 * Mbit));
        output.WriteLine($"{last:0.000} x");
        Assert.InRange(last, 0.99, 1.15);
    }
}
