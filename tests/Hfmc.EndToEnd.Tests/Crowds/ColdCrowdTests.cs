using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Crowds;

/// <summary>Several machines that want one model at once, each told of one common peer only.</summary>
public sealed class ColdCrowdTests : NodeTest
{
    const string Repo = "acme/big";

    // Pieces that two nodes begin before they have heard of each other; without a crowd each node would fetch all of the 48 MB.
    const long Duplicates = 12 << 20;

    static readonly PatternContent Weights = new(48_000_000, seed: 3);

    [Fact]
    public async Task Four_machines_get_a_model_for_one_copy_from_the_internet()
    {
        var hub = await HubAsync(new() { BytesPerSecond = 12_000_000 });
        var commit = Publish(hub, Repo, ("model.bin", Weights), ("config.json", BytesContent.Of("{}")));
        var nodes = await CrowdAsync(4, hub);

        var added = await Task.WhenAll(nodes.Select(node => node.AddAsync(Repo)));

        Assert.All(nodes, node => Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "model.bin")));
        Assert.InRange(hub.BytesServed(Weights.Sha256), Weights.Size, Weights.Size + Duplicates);
        Assert.All(added, one => Assert.Equal(one.Bytes, one.Sum));
        Assert.All(added, one => Assert.True(one.Peer > Weights.Size / 3, $"only {one.Peer} bytes came from peers"));
    }

    [Fact]
    public async Task Machines_that_hold_nothing_but_an_old_yes_share_one_seed_without_the_internet()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights), ("config.json", BytesContent.Of("{}")));
        var seed = Node("seed").At(hub.Endpoint);
        await seed.AddAsync(Repo);
        await seed.StartDaemonAsync();
        var cable = Keep(SlowLink.To(seed.Port, new() { BytesPerSecond = 12_000_000 }));
        var takers = Enumerable.Range(1, 3).Select(number => Node($"taker{number}").At(hub.Endpoint).Knows(cable.Endpoint.Port)).ToList();
        foreach (var taker in takers)
        {
            await taker.AddAsync(Repo, "-f", "config.json");
            await taker.StartDaemonAsync();
        }
        await hub.StopAsync();

        await Task.WhenAll(takers.Select(taker => taker.AddAsync(Repo, "-v", commit.Text)));

        Assert.All(takers, taker => Assert.Equal(Weights.ToArray(), taker.Read(Repo, commit, "model.bin")));
        Assert.InRange(cable.Carried, Weights.Size, Weights.Size + 2 * Duplicates);
    }

    [Fact]
    public async Task A_member_that_is_killed_in_the_middle_leaves_its_work_to_the_others()
    {
        var hub = await HubAsync(new() { BytesPerSecond = 12_000_000 });
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var nodes = await CrowdAsync(3, hub);

        var adding = nodes.Select(node => node.Start("model", "add", "-r", Repo, "--json")).ToList();
        await hub.WaitAsync(seen => seen.BytesServed() > Weights.Size / 2, Cancelled);
        await nodes[1].KillDaemonAsync();
        var told = await Task.WhenAll(adding.Select(command => command.EndAsync(Cancelled)));

        Assert.NotEqual(0, told[1].ExitCode);
        foreach (var alive in new[] { 0, 2 })
        {
            told[alive].Succeeded();
            Assert.Equal(Weights.ToArray(), nodes[alive].Read(Repo, commit, "model.bin"));
        }
        // What the dead one had and had not passed on is fetched again.
        Assert.InRange(hub.BytesServed(Weights.Sha256), Weights.Size, Weights.Size * 2);
    }

    [Fact]
    public async Task A_peer_that_turns_bits_is_named_and_nothing_wrong_is_kept()
    {
        var hub = await HubAsync(new() { WithXet = true });
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var (honest, liar) = (Node("honest").At(hub.Endpoint), Node("liar").At(hub.Endpoint));
        foreach (var seed in new[] { honest, liar })
        {
            await seed.StartDaemonAsync();
            await seed.AddAsync(Repo);
            await UntilAsync(() => File.Exists(Path.Combine(seed.CacheRoot, "state", "chunks", Weights.Sha256.Text)));
        }
        await using var proxy = await LyingProxy.StartAsync(liar.Endpoint, Lie.Flip, cancellationToken: Cancelled);
        var taker = Node("taker").At(hub.Endpoint).Knows(proxy.Endpoint.Port, honest.Port);
        await taker.StartDaemonAsync();
        var before = hub.BytesServed(Weights.Sha256);

        var told = await taker.RunAsync("model", "add", "-r", Repo, "--json");

        told.Succeeded();
        Assert.Equal(Weights.ToArray(), taker.Read(Repo, commit, "model.bin"));
        Assert.Equal(before, hub.BytesServed(Weights.Sha256));
    }

    async Task<HfmcNode[]> CrowdAsync(int count, FakeHub hub)
    {
        var nodes = Enumerable.Range(0, count).Select(number => Node($"node{number}").At(hub.Endpoint)).ToArray();
        foreach (var node in nodes[1..])
            node.Knows(nodes[0].Port);
        foreach (var node in nodes)
            await node.StartDaemonAsync();
        return nodes;
    }
}
