using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>How fast bytes may move, as <c>conf</c> says it.</summary>
public sealed class LimitsTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(3_000_000, seed: 12);

    [Fact]
    public async Task A_limit_reaches_a_running_daemon_at_once()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var (seed, taker) = (Node("seed").At(hub.Endpoint), Node("taker").At(hub.Endpoint));
        await seed.AddAsync(Repo);
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();
        taker.Knows(seed.Port);

        var slowed = (await seed.RunAsync("conf", "limit.up", "set", "100kB/s")).Succeeded();
        var adding = taker.Start("model", "add", "-r", Repo, "--json", "--from", "peers").Type("");
        await UntilAsync(async () => await ServedAsync(seed) > 0);
        var (begun, before) = (TimeProvider.System.GetTimestamp(), await ServedAsync(seed));
        var after = await ServedAsync(seed);
        var allowed = 100_000 * (TimeProvider.System.GetElapsedTime(begun).TotalSeconds + 0.5);
        Assert.False(adding.HasExited);
        (await seed.RunAsync("conf", "limit.up", "set", "off")).Succeeded();

        Assert.DoesNotContain("restart", slowed.Stderr);
        Assert.InRange(after - before, 0, allowed);
        Assert.Equal(Weights.Size, new Added((await adding.EndAsync(Cancelled)).Succeeded().Json).Peer);
    }

    [Fact]
    public async Task A_command_keeps_the_limit_for_upstreams_without_a_daemon()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        (await node.RunAsync("conf", "limit.wan", "set", "12Mbit/s")).Succeeded();

        var added = await node.AddAsync(Repo);

        Assert.Equal("\"1.5MB/s\"", (await node.RunAsync("conf", "limit.wan", "get", "--json")).Json.GetProperty("value").GetRawText());
        Assert.True(added.Json.GetProperty("seconds").GetDouble() > 1.8, "it came faster than the limit");
    }

    [Fact]
    public async Task A_limit_that_is_no_rate_is_an_error_with_an_example()
    {
        var told = (await Node("lone").RunAsync("conf", "limit.down", "set", "fast", "--json")).Ended(2);

        Assert.Equal("limit.down: 'fast' is not a rate: want for example 50MB/s, 10MiB/s or 100Mbit/s, or off",
            told.Json.GetProperty("error").GetProperty("message").GetString());
    }

    static async Task<long> ServedAsync(HfmcNode node) => (await node.StatusAsync()).GetProperty("served_bytes").GetInt64();
}
