using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>The cache as a client that is not ours reads and writes it: <c>@huggingface/hub</c> from npm.</summary>
[Trait("Needs", "programs")]
public sealed class NodeClientTests : NodeTest
{
    static readonly PatternContent Weights = new(2_000_000, seed: 8);

    [Fact]
    public async Task What_hfmc_put_there_another_client_finds_in_whole()
    {
        NpmClients.Require("@huggingface/hub");
        var hub = await HubAsync();
        var old = Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{ \"old\": 1 }")), ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync("acme/tiny");
        var commit = Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{}")), ("second.bin", Weights));
        await node.AddAsync("acme/tiny");
        hub.Add("acme/words", Core.Repos.RepoType.Dataset).Commit(new Dictionary<string, byte[]> { ["train.csv"] = [1, 2, 3] });
        await node.AddAsync("datasets/acme/words");

        var seen = (await RunAsync(node, "scan.mjs", Path.Combine(node.CacheRoot, "hub"))).Json;

        Assert.Empty(seen.GetProperty("warnings").EnumerateArray());
        Assert.Equal(["acme/words", "acme/tiny"], seen.GetProperty("repos").EnumerateArray().Select(repo => repo.GetProperty("name").GetString()).OrderDescending());
        var tiny = seen.GetProperty("repos").EnumerateArray().Single(repo => repo.GetProperty("name").GetString() is "acme/tiny");
        var revisions = tiny.GetProperty("revisions").EnumerateArray().ToDictionary(revision => revision.GetProperty("commit").GetString()!);
        Assert.Equal([commit.Text, old.Text], revisions.Keys.Order(Comparer<string>.Create((a, b) => a == commit.Text ? -1 : b == commit.Text ? 1 : 0)));
        Assert.Equal("main", Assert.Single(revisions[commit.Text].GetProperty("refs").EnumerateArray()).GetString());
        Assert.Empty(revisions[old.Text].GetProperty("refs").EnumerateArray());
        Assert.Equal(2, revisions[commit.Text].GetProperty("files").GetArrayLength());
        var weights = revisions[commit.Text].GetProperty("files").EnumerateArray().Single(file => file.GetProperty("size").GetInt64() == Weights.Size);
        Assert.EndsWith("second.bin", weights.GetProperty("path").GetString());
        Assert.EndsWith($"blobs/{Weights.Sha256}", weights.GetProperty("blob").GetString());
    }

    [Fact]
    public async Task What_another_client_put_there_hfmc_lists_verifies_and_uses()
    {
        NpmClients.Require("@huggingface/hub");
        var hub = await HubAsync();
        var commit = Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{}")), ("model.bin", Weights), ("more.txt", BytesContent.Of("more")));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync("acme/tiny", "-f", "config.json");
        await RunAsync(node, "download.mjs", hub.Endpoint.AbsoluteUri.TrimEnd('/'), Path.Combine(node.CacheRoot, "hub"), "acme/tiny", "model.bin");
        var served = hub.BytesServed(Weights.Sha256);

        var files = (await node.RunAsync("model", "ls", "-r", "acme/tiny", "--json")).Succeeded().Json;
        var verified = (await node.RunAsync("model", "verify", "--json")).Succeeded().Json;
        var added = await node.AddAsync("acme/tiny");

        Assert.Equal(["config.json", "model.bin"], files.EnumerateArray().Select(file => file.GetProperty("file").GetString()).Order());
        Assert.Equal(2, verified.GetProperty("checked").GetInt32());
        Assert.Empty(verified.GetProperty("wrong").EnumerateArray());
        Assert.Equal(commit.Text, added.Commit);
        Assert.Equal(Weights.Size + 2, added.Disk);
        Assert.Equal(served, hub.BytesServed(Weights.Sha256));
    }

    static async Task<Told> RunAsync(HfmcNode node, params string[] arguments) => (await NpmClients.TryAsync(node, arguments)).Succeeded();
}
