using Hfmc.Testing.Swarm;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

/// <summary>Crowds of eight in which not all is even: late comers, a slow one, one that dies.</summary>
public sealed class SwarmScenarioTests(ITestOutputHelper output)
{
    const double Mbit = 1e6 / 8, Origin = 50 * Mbit, Link = 200 * Mbit;
    const long Size = 256 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Who_comes_later_is_done_as_soon_as_what_is_there_allows(int seed)
    {
        var world = Crowd(seed, TimeSpan.FromSeconds(2));

        Assert.True(world.Run(TimeSpan.FromMinutes(10)));

        var late = world.Nodes.Max(Late);
        output.WriteLine($"{late:0.000} x, {world.Copies:0.000} copies");
        Assert.InRange(late, 0.9, 1.15);
        Assert.InRange(world.Copies, 0.99, 1.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_at_a_tenth_of_the_speed_does_not_hold_the_others_back(int seed)
    {
        var world = Crowd(seed, TimeSpan.FromMilliseconds(40), slow: 3);

        Assert.True(world.Run(TimeSpan.FromMinutes(10)));

        var last = world.Nodes.Where(node => node.Number is not 3).Max(node => node.DoneAt!.Value.TotalSeconds) / (Size / Origin);
        var slow = world.Nodes[3].DoneAt!.Value.TotalSeconds / (Size / (Link / 10));
        output.WriteLine($"{last:0.000} x, the slow one {slow:0.000} x, {world.Copies:0.000} copies");
        Assert.InRange(last, 0.99, 1.15);
        Assert.InRange(slow, 0.99, 1.15);
        Assert.InRange(world.Copies, 0.99, 1.06);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void When_the_one_that_gave_most_dies_the_others_go_on(int seed)
    {
        var world = Crowd(seed, TimeSpan.FromMilliseconds(40));
        world.At(TimeSpan.FromSeconds(Size / Origin / 2), () => world.Kill(world.Nodes.MaxBy(node => node.Uploaded)!));
        var longest = TimeSpan.Zero;
        var progress = world.Nodes.ToDictionary(node => node, _ => (Bytes: 0.0, Since: TimeSpan.FromSeconds(1)));
        Watch(TimeSpan.FromSeconds(1));

        Assert.True(world.Run(TimeSpan.FromMinutes(10)));

        var last = world.Live.Max(node => node.DoneAt!.Value.TotalSeconds) / (Size / Origin);
        output.WriteLine($"{last:0.000} x, {world.Copies:0.000} copies, longest pause {longest.TotalSeconds:0.00} s");
        Assert.InRange(last, 0.99, 1.15);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(world.Copies, 0.99, 1.1);

        // How long any live node gets nothing at all.
        void Watch(TimeSpan moment) => world.At(moment, () =>
        {
            foreach (var node in world.Live.Where(node => node.DoneAt is null))
                if (node.Downloaded > progress[node].Bytes)
                    progress[node] = (node.Downloaded, moment);
                else if (moment - progress[node].Since > longest)
                    longest = moment - progress[node].Since;
            Watch(moment + TimeSpan.FromMilliseconds(100));
        });
    }

    // Its own links allow it, and what has come from the origin since the first one began.
    static double Late(SimNode node) =>
        (node.DoneAt!.Value - node.Joins).TotalSeconds / Math.Max(Size / Link, Size / Origin - node.Joins.TotalSeconds);

    static SwarmWorld Crowd(int seed, TimeSpan between, int? slow = null)
    {
        var world = new SwarmWorld(Size, Origin, new(seed));
        for (var i = 0; i < 8; i++)
            world.Add(i == slow ? Link / 10 : Link, i == slow ? Link / 10 : Link, between * i);
        return world;
    }
}
