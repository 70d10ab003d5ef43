using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>The user guide, in its order, with its words.</summary>
public sealed class GuideTests : NodeTest
{
    const string Repo = "prajjwal1/bert-medium";

    static readonly PatternContent Weights = new(5_000_000, seed: 1);

    [Fact]
    public async Task Two_machines_follow_the_guide_from_the_first_line_to_the_last()
    {
        var hub = await HubAsync();
        var commit = Model(hub);
        var (pegasus, cygnus) = (Node("pegasus").At(hub.Endpoint), Node("cygnus").At(hub.Endpoint));

        // 1. Pegasus downloads the repo from upstream, without a daemon.
        var added = (await pegasus.RunAsync("model", "add", "-r", Repo)).Succeeded();
        Assert.Equal(pegasus.Cache.Repo(RepoId.Parse(Repo)).SnapshotFolder(commit), added.LastLine);
        var listed = Assert.Single((await pegasus.RunAsync("model", "ls", "--json")).Succeeded().Json.EnumerateArray());
        Assert.Equal(Repo, listed.GetProperty("repo").GetString());
        Assert.Equal(commit.Text, listed.GetProperty("revisions")[0].GetProperty("commit").GetString());
        Assert.Equal("main", listed.GetProperty("revisions")[0].GetProperty("refs")[0].GetString());
        Assert.True(listed.GetProperty("revisions")[0].GetProperty("complete").GetBoolean());

        // 2. Cygnus takes the model from Pegasus over the LAN.
        await pegasus.StartDaemonAsync();
        await cygnus.StartDaemonAsync();
        (await cygnus.RunAsync("peer", "add", "127.0.0.1", "-p", $"{pegasus.Port}")).Succeeded();
        var fromUpstream = hub.BytesServed();
        var taken = await cygnus.AddAsync(Repo, "-v", commit.Text);
        Assert.Equal(taken.Bytes, taken.Peer);
        Assert.Equal(taken.Bytes, taken.Sum);
        Assert.Equal(fromUpstream, hub.BytesServed());
        Assert.Equal(Weights.ToArray(), cygnus.Read(Repo, commit, "pytorch_model.bin"));

        // 4. One file. 5. A cache in another place.
        var lyra = Node("lyra").At(hub.Endpoint);
        lyra.CacheRoot = Path.Combine(lyra.Home, "elsewhere");
        (await lyra.RunAsync("conf", "cache", "set", lyra.CacheRoot)).Succeeded();
        Assert.Equal(lyra.CacheRoot, (await lyra.RunAsync("conf", "cache", "get")).Succeeded().LastLine);
        var file = (await lyra.RunAsync("model", "add", "-r", Repo, "-f", "pytorch_model.bin")).Succeeded();
        Assert.Equal(Path.Combine(lyra.Cache.Repo(RepoId.Parse(Repo)).SnapshotFolder(commit), "pytorch_model.bin"), file.LastLine);
        Assert.Equal(["pytorch_model.bin"], Directory.GetFiles(Path.GetDirectoryName(file.LastLine)!).Select(Path.GetFileName));

        // 8. Uninstall.
        (await lyra.RunAsync("uninstall", "-y")).Succeeded();
        (await cygnus.RunAsync("uninstall", "-y")).Succeeded();
        Assert.Equal(3, (await cygnus.RunAsync("daemon", "status")).ExitCode);
        Assert.False(Directory.Exists(cygnus.CacheRoot));
        Assert.False(Directory.Exists(lyra.CacheRoot));
    }

    [Fact]
    public async Task Without_a_daemon_the_mirror_is_asked_before_the_hub()
    {
        var mirror = await HubAsync(new() { Style = HubStyle.Direct });
        var hub = await HubAsync();
        Model(mirror);
        Model(hub);
        var node = Node("lone").Without("HF_ENDPOINT");
        (await node.RunAsync("conf", "sources", "set", mirror.Endpoint.AbsoluteUri, hub.Endpoint.AbsoluteUri)).Succeeded();

        var added = await node.AddAsync(Repo);

        Assert.Equal(added.Bytes, added.Mirror);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task The_hub_delivers_what_the_mirror_does_not_have()
    {
        var mirror = await HubAsync();
        var hub = await HubAsync();
        Model(hub);
        var node = Node("lone").WithSources(mirror.Endpoint, hub.Endpoint);

        var added = await node.AddAsync(Repo);

        // Over loopback no address is huggingface.co, so both count as mirrors.
        Assert.Equal(added.Bytes, added.Mirror);
        Assert.Equal(added.Bytes, hub.BytesServed());
    }

    [Fact]
    public async Task A_second_add_fetches_nothing()
    {
        var hub = await HubAsync();
        Model(hub);
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync(Repo);
        var before = hub.BytesServed();

        var again = await node.AddAsync(Repo);

        Assert.Equal(again.Bytes, again.Disk);
        Assert.Equal(before, hub.BytesServed());
    }

    static CommitId Model(FakeHub hub) => Publish(hub, Repo,
        ("config.json", BytesContent.Of("{}")), ("README.md", BytesContent.Of("# bert")), ("vocab/a.txt", BytesContent.Of("")), ("pytorch_model.bin", Weights));
}
