using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>Bytes over TLS, and peers that are known again by their keys.</summary>
public sealed class TlsTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(5_000_000, seed: 31);

    [Theory]
    [InlineData("always", "always")]
    [InlineData("always", "restricted")]
    [InlineData("restricted", "always")]
    [InlineData("off", "restricted")]
    public async Task Two_machines_share_what_is_public_whatever_each_wants_of_TLS(string seeds, string takers)
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("config.json", BytesContent.Of("{}")), ("model.bin", Weights));
        var seed = Node("seed").At(hub.Endpoint).Configured($$"""{ "tls": "{{seeds}}" }""");
        var taker = Node("taker").At(hub.Endpoint).Configured($$"""{ "tls": "{{takers}}" }""");
        await seed.AddAsync(Repo);
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();
        taker.Knows(seed.Port);

        var added = await taker.AddAsync(Repo);

        Assert.Equal(Weights.Size + 2, added.Peer);
    }

    [Fact]
    public async Task A_machine_that_was_set_up_anew_is_refused_until_its_new_key_is_taken()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var (seed, taker) = (Node("seed").At(hub.Endpoint), Node("taker").At(hub.Endpoint));
        await seed.AddAsync(Repo);
        await seed.StartDaemonAsync();
        (await taker.RunAsync("peer", "add", $"127.0.0.1:{seed.Port}")).Succeeded();
        (await seed.RunAsync("daemon", "stop")).Succeeded();
        File.Delete(Assert.Single(Directory.GetFiles(seed.Home, "node.pem", SearchOption.AllDirectories)));
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();

        var told = (await taker.RunAsync("model", "add", "-r", Repo, "--json")).Succeeded();
        var refused = (await taker.RunAsync("peer", "add", $"127.0.0.1:{seed.Port}", "--json")).Ended(4);
        (await taker.RunAsync("peer", "add", $"127.0.0.1:{seed.Port}", "--replace-key")).Succeeded();
        (await taker.RunAsync("model", "rm", "-r", Repo, "-y")).Succeeded();
        var added = await taker.AddAsync(Repo);

        Assert.Equal(Weights.Size, told.Json.GetProperty("sources").GetProperty("hub").GetInt64());
        Assert.Contains("has another key than when it was added", told.Stderr);
        Assert.Contains($"hfmc peer add 127.0.0.1:{seed.Port} --replace-key", refused.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(Weights.Size, added.Peer);
    }
}
