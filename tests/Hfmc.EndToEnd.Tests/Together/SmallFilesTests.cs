using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Together;

/// <summary>Many small files and several nodes: each leaves the upstream once.</summary>
public sealed class SmallFilesTests : NodeTest
{
    const string Repo = "acme/many";
    const int Count = 200;

    // Two that look in the same moment, before either has told the other, fetch the same. How near the starts are is the machine's matter:
    // half of the files are forgiven, where without sharing each would be fetched four times.
    const int MostTwice = Count / 2;

    static readonly (string Path, FileContent Content)[] Files =
        [.. Enumerable.Range(0, Count).Select(number => ($"part-{number:D3}.bin", (FileContent)new PatternContent(2000 + 7 * number, seed: 300 + number)))];

    [Fact]
    public async Task Four_that_add_at_once_share_the_work_and_the_hub_gives_each_file_about_once()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, Files);
        var nodes = await StartAsync(hub, 4);

        var added = await Task.WhenAll(nodes.Select(node => node.AddAsync(Repo)));

        Assert.All(nodes, node => Assert.All(Files, file => Assert.Equal(file.Content.ToArray(), node.Read(Repo, commit, file.Path))));
        await hub.WaitAsync(seen => Array.TrueForAll(Files, file => Served(seen, file.Content) >= file.Content.Size), Cancelled);
        Assert.InRange(Files.Count(file => Served(hub, file.Content) > file.Content.Size), 0, MostTwice);
        Assert.True(added.Sum(one => one.Peer) > 2 * Files.Sum(file => file.Content.Size));
    }

    [Fact]
    public async Task From_a_peer_that_has_them_all_come_without_the_hub()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, Files);
        var nodes = await StartAsync(hub, 3);
        await nodes[0].AddAsync(Repo);
        var before = hub.BytesServed();

        var added = await Task.WhenAll(nodes[1..].Select(node => node.AddAsync(Repo)));

        Assert.Equal(before, hub.BytesServed());
        Assert.All(added, one => Assert.Equal(one.Bytes, one.Peer));
        Assert.All(nodes, node => Assert.All(Files, file => Assert.Equal(file.Content.ToArray(), node.Read(Repo, commit, file.Path))));
    }

    [Fact]
    public async Task Who_is_killed_in_the_middle_leaves_the_others_whole()
    {
        var hub = await HubAsync(new() { BytesPerSecond = 300_000 });
        var commit = Publish(hub, Repo, Files);
        var nodes = await StartAsync(hub, 3);
        var victim = nodes[2].Start("model", "add", "-r", Repo, "--json").Type("");
        var rest = nodes[..2].Select(node => node.AddAsync(Repo)).ToArray();
        await hub.WaitAsync(seen => seen.BytesServed() > 100_000, Cancelled);

        await nodes[2].KillDaemonAsync();
        await victim.EndAsync(Cancelled);

        await Task.WhenAll(rest);
        Assert.All(nodes[..2], node => Assert.All(Files, file => Assert.Equal(file.Content.ToArray(), node.Read(Repo, commit, file.Path))));
    }

    // Small files are named by their git digest.
    static long Served(FakeHub hub, FileContent content) => hub.BytesServed(content.GitSha1);

    // All of them are told of the first one only.
    async Task<HfmcNode[]> StartAsync(FakeHub hub, int count)
    {
        var nodes = new HfmcNode[count];
        for (var at = 0; at < count; at++)
        {
            nodes[at] = Node($"node{at}").At(hub.Endpoint);
            if (at > 0)
                nodes[at].Knows(nodes[0].Port);
        }
        await Task.WhenAll(nodes.Select(node => node.StartDaemonAsync()));
        return nodes;
    }
}
