using System.Text.Json;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>A client that is not ours, <c>@huggingface/hub</c>, learns through the daemon what it would learn from the upstream.</summary>
[Trait("Needs", "programs")]
public sealed class HubMetadataTests : NodeTest
{
    const string Repo = "acme/tiny", Member = "hf_member", Other = "hf_other";

    static readonly PatternContent Weights = new(200_000, seed: 9);

    [Theory]
    [InlineData("main")]
    [InlineData("refs/pr/1")]
    [InlineData("HEAD")]
    public async Task It_learns_the_same_with_a_cold_and_a_warm_cache(string revision)
    {
        var (hub, node) = await StartAsync();

        var direct = await AskAsync(node, hub.Endpoint, revision, token: null);
        var cold = await AskAsync(node, node.Endpoint, revision, token: null);
        await node.AddAsync(Repo);
        var warm = await AskAsync(node, node.Endpoint, revision, token: null);

        Assert.Equal(direct.GetRawText(), cold.GetRawText());
        Assert.Equal(direct.GetRawText(), warm.GetRawText());
        Assert.Equal([true, true, false], direct.GetProperty("fileExists").EnumerateArray().Select(found => found.GetBoolean()));
    }

    [Fact]
    public async Task Without_an_upstream_it_learns_what_the_cache_knows()
    {
        var (hub, node) = await StartAsync();
        var direct = await AskAsync(node, hub.Endpoint, "main", token: null);
        await node.AddAsync(Repo);
        await hub.StopAsync();

        var offline = await AskAsync(node, node.Endpoint, "main", token: null);

        // Only an upstream knows which commit changed a file last.
        foreach (var name in direct.EnumerateObject().Select(member => member.Name).Except(["expanded"]))
            Assert.Equal($"{name} {direct.GetProperty(name).GetRawText()}", $"{name} {offline.GetProperty(name).GetRawText()}");
        Assert.Equal(3, offline.GetProperty("expanded").GetArrayLength());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gated_or_private_repo_is_what_the_token_makes_of_it(bool isPrivate)
    {
        var (hub, node) = await StartAsync();
        var repo = hub.Add(Repo).Allow(Secret(Member));
        (repo.Gated, repo.Private) = (!isPrivate, isPrivate);

        foreach (var token in (string?[])[null, Member, Other, null, Member])
            Assert.Equal($"{token} {(await AskAsync(node, hub.Endpoint, "main", token)).GetRawText()}", $"{token} {(await AskAsync(node, node.Endpoint, "main", token)).GetRawText()}");
    }

    async Task<(FakeHub Hub, HfmcNode Node)> StartAsync()
    {
        NpmClients.Require("@huggingface/hub");
        var hub = await HubAsync(new() { WithXet = true, LfsThreshold = 100_000 });
        hub.AddUser(Member, "member");
        hub.AddUser(Other, "other");
        var commit = Publish(hub, Repo, ("config.json", BytesContent.Of("{}")), ("sub dir/a+b.bin", Weights), ("sub dir/deep/x.txt", BytesContent.Of("x")), ("模型.txt", BytesContent.Of("y")));
        hub.Add(Repo).PullRequest(1, commit);
        var node = Node("lab").At(hub.Endpoint);
        await node.StartDaemonAsync();
        return (hub, node);
    }

    static async Task<JsonElement> AskAsync(HfmcNode node, Uri hub, string revision, string? token)
    {
        if (token is null)
            node.Without("CLIENT_TOKEN");
        else
            node.With("CLIENT_TOKEN", token);
        return (await NpmClients.TryAsync(node, "metadata.mjs", hub.AbsoluteUri.TrimEnd('/'), Repo, revision, "config.json", "sub dir/a+b.bin")).Succeeded().Json;
    }
}
