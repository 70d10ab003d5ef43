using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Together;

/// <summary>Several processes, several repos, one cache.</summary>
public sealed class SharedCacheTests : NodeTest
{
    const long Size = 10_000_000;

    static readonly PatternContent Weights = new(Size, seed: 5);

    [Fact]
    public async Task Two_processes_that_add_the_same_model_at_once_fetch_it_once()
    {
        var hub = await HubAsync(new() { BytesPerSecond = 10_000_000 });
        var commit = Publish(hub, "acme/big", ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);

        var both = new[] { node.Start("model", "add", "-r", "acme/big", "--json"), node.Start("model", "add", "-r", "acme/big", "--json") };
        foreach (var command in both)
        {
            var added = new Added((await command.EndAsync(Cancelled)).Succeeded().Json);
            Assert.Equal(Size, added.Bytes);
            Assert.Equal(Size, added.Sum);
        }

        Assert.Equal(Weights.ToArray(), node.Read("acme/big", commit, "model.bin"));
        Assert.Equal(Size, hub.BytesServed());
    }

    [Fact]
    public async Task Two_processes_that_add_many_small_files_at_once_both_succeed()
    {
        var hub = await HubAsync();
        var files = Enumerable.Range(0, 40).Select(i => ($"f{i}.txt", (FileContent)new PatternContent(100 + i))).ToArray();
        var commit = Publish(hub, "acme/many", files);
        var node = Node("lone").At(hub.Endpoint);

        var both = new[] { node.Start("model", "add", "-r", "acme/many", "--json"), node.Start("model", "add", "-r", "acme/many", "--json") };
        foreach (var command in both)
            Assert.Equal(40, new Added((await command.EndAsync(Cancelled)).Succeeded().Json).Files);

        foreach (var (path, content) in files)
            Assert.Equal(content.ToArray(), node.Read("acme/many", commit, path));
    }

    [Fact]
    public async Task A_blob_that_two_repos_share_is_fetched_once_and_stored_once()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/one", ("model.bin", Weights));
        var commit = Publish(hub, "acme/two", ("copy/of.bin", Weights), ("config.json", BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync("acme/one");

        var added = await node.AddAsync("acme/two");

        Assert.Equal(Size, added.Disk);
        Assert.Equal(2, added.Hub);
        Assert.Equal(Size, hub.BytesServed(Weights.Sha256));
        Assert.Equal(Weights.ToArray(), node.Read("acme/two", commit, "copy/of.bin"));
    }

    [Fact]
    public async Task Two_repos_that_share_a_blob_may_be_added_at_once()
    {
        var hub = await HubAsync(new() { BytesPerSecond = 10_000_000 });
        var one = Publish(hub, "acme/one", ("model.bin", Weights));
        var two = Publish(hub, "acme/two", ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);

        var both = new[] { node.Start("model", "add", "-r", "acme/one", "--json"), node.Start("model", "add", "-r", "acme/two", "--json") };
        foreach (var command in both)
            Assert.Equal(Size, new Added((await command.EndAsync(Cancelled)).Succeeded().Json).Sum);

        Assert.Equal(Size, hub.BytesServed());
        Assert.Equal(Weights.ToArray(), node.Read("acme/one", one, "model.bin"));
        Assert.Equal(Weights.ToArray(), node.Read("acme/two", two, "model.bin"));
    }
}
