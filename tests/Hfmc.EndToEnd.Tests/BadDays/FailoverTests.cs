using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Sources that go away in the middle of a blob.</summary>
public sealed class FailoverTests : NodeTest
{
    const string Repo = "acme/big";
    const long Speed = 20_000_000, Share = 8_000_000;

    // What a cable carries at the most, however late it is cut: so there is always something left for the next source.
    const long MostOfPeer = 12_000_000;

    // A step of each connection may be under way when a source dies, and what the cable holds is lost with it.
    const long LostAtEachBreak = 5 << 20;

    static readonly PatternContent Weights = new(40_000_000, seed: 2);

    [Fact]
    public async Task A_blob_goes_on_from_peer_to_peer_to_mirror_to_hub_where_each_one_stopped()
    {
        var content = await HubAsync();
        var commit = Publish(content, Repo, ("model.bin", Weights));
        var (first, second) = (await SeedAsync("first", content, MostOfPeer), await SeedAsync("second", content, MostOfPeer));
        var mirror = await HubAsync(new() { Content = content.Content, Style = HubStyle.Direct, BytesPerSecond = Speed / 5 });
        var hub = await HubAsync(new() { Content = content.Content });
        var taker = Node("taker").WithSources(mirror.Endpoint, hub.Endpoint).Knows(first.Cable.Endpoint.Port, second.Cable.Endpoint.Port);
        await taker.StartDaemonAsync();

        var adding = taker.Start("model", "add", "-r", Repo, "--json");
        await UntilAsync(() => first.Cable.Carried + second.Cable.Carried > Share);
        var (early, late) = first.Cable.Carried > second.Cable.Carried ? (first, second) : (second, first);
        await early.Node.KillDaemonAsync();
        await UntilAsync(() => late.Cable.Carried > Share);
        await late.Node.KillDaemonAsync();
        await mirror.WaitAsync(mirror => mirror.BytesServed() > Share, Cancelled);
        await mirror.StopAsync();
        var added = new Added((await adding.EndAsync(Cancelled)).Succeeded().Json);

        Assert.Equal(Weights.ToArray(), taker.Read(Repo, commit, "model.bin"));
        Assert.Equal(Weights.Size, added.Bytes);
        Assert.Equal(Weights.Size, added.Sum);
        Assert.InRange(added.Peer, 2 * Share - 2 * LostAtEachBreak, first.Cable.Carried + second.Cable.Carried);
        Assert.True(hub.BytesServed() > 0, "the hub was not needed");
        var moved = first.Cable.Carried + second.Cable.Carried + mirror.BytesServed() + hub.BytesServed();
        Assert.InRange(moved, Weights.Size - LostAtEachBreak, Weights.Size + 3 * LostAtEachBreak);
    }

    [Fact]
    public async Task Without_upstream_two_machines_share_names_and_bytes()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", new PatternContent(3_000_000)), ("config.json", BytesContent.Of("{}")));
        var (seed, _) = await SeedAsync("seed", hub);
        await hub.StopAsync();
        var taker = Node("taker").At(hub.Endpoint).With("HF_HUB_OFFLINE", "1").Knows(seed.Port);
        await taker.StartDaemonAsync();

        var added = await taker.AddAsync(Repo);

        Assert.Equal(commit.Text, added.Commit);
        Assert.Equal("peers", added.Metadata);
        Assert.Equal(added.Bytes, added.Peer);
    }

    [Fact]
    public async Task What_comes_from_peers_alone_is_not_shown_to_others_as_public()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("config.json", BytesContent.Of("{}")));
        var (seed, _) = await SeedAsync("seed", hub);
        var taker = Node("taker").At(hub.Endpoint).With("HF_HUB_OFFLINE", "1").Knows(seed.Port);
        await taker.StartDaemonAsync();
        await taker.AddAsync(Repo);

        using var http = new HttpClient();
        var hello = await http.GetStringAsync(new Uri(taker.Endpoint, "/peer/v1/hello"), Cancelled);

        Assert.Contains("\"repos\":0", hello);
    }

    /// <summary>A node that has the repo and serves it, and a slow cable to it.</summary>
    async Task<(HfmcNode Node, SlowLink Cable)> SeedAsync(string name, FakeHub hub, long? most = null)
    {
        var node = Node(name).At(hub.Endpoint);
        await node.AddAsync(Repo);
        await node.StartDaemonAsync();
        return (node, Keep(SlowLink.To(node.Port, new() { BytesPerSecond = Speed, HangAfter = most })));
    }
}
