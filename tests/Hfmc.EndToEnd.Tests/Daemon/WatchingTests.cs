using System.Text.Json;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>What one sees of a crowd while it works.</summary>
public sealed class WatchingTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(3_000_000, seed: 12);

    [Fact]
    public async Task A_download_in_a_crowd_can_be_watched_from_here_and_from_elsewhere()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var (seed, middle, last) = (Node("seed").At(hub.Endpoint), Node("middle").At(hub.Endpoint), Node("last").At(hub.Endpoint));
        await seed.AddAsync(Repo);
        foreach (var node in new[] { seed, middle.Knows(seed.Port), last.Knows(middle.Port) })
            await node.StartDaemonAsync();
        await LimitAsync(middle, "50kB/s", "limit.down", "limit.wan");
        await LimitAsync(last, "20kB/s", "limit.wan");
        var watcher = Node("watcher").Knows(seed.Port, middle.Port);

        var first = middle.Start("model", "add", "-r", Repo, "--json").Type("");
        await UntilAsync(async () => await CrowdAsync(middle) is { } begun && begun.GetProperty("members").GetInt32() > 1
            && (await middle.StatusAsync()).GetProperty("fetched_bytes").GetInt64() > 0);
        var crowd = await CrowdAsync(middle);
        var found = (await watcher.RunAsync("model", "search", "-r", Repo, "--json")).Succeeded().Json.EnumerateArray().ToDictionary(peer => peer.GetProperty("port").GetInt32());
        var table = (await watcher.RunAsync("model", "search", "-r", Repo)).Succeeded();
        var words = (await middle.RunAsync("daemon", "status")).Succeeded();
        var second = last.Start("model", "add", "-r", Repo, "--json").Type("");
        await UntilAsync(async () => (await CrowdAsync(middle))?.GetProperty("relayed_bytes").GetInt64() > 0);
        Assert.False(first.HasExited);
        await LimitAsync(last, "off", "limit.wan");
        await LimitAsync(middle, "off", "limit.down", "limit.wan");
        (await second.EndAsync(Cancelled)).Succeeded();
        var added = new Added((await first.EndAsync(Cancelled)).Succeeded().Json);

        Assert.Equal(["members", "owners", "owned", "upstream_bytes", "relayed_bytes", "pieces", "held", "provisional"], crowd!.Value.EnumerateObject().Select(member => member.Name));
        Assert.Equal((2, 3), (crowd.Value.GetProperty("members").GetInt32(), crowd.Value.GetProperty("pieces").GetInt32()));
        Assert.True((await middle.StatusAsync()).GetProperty("messages").GetInt64() > 0);
        Assert.Matches("crowd +2 members, .* of 3 pieces here, .* copies from upstream", words.Stdout);
        var (whole, part) = (found[seed.Port], found[middle.Port]);
        Assert.Equal((true, Weights.Size), (whole.GetProperty("complete").GetBoolean(), whole.GetProperty("held_bytes").GetInt64()));
        Assert.False(part.GetProperty("complete").GetBoolean());
        Assert.Equal((commit.Text, Weights.Size), (part.GetProperty("commit").GetString(), part.GetProperty("total_bytes").GetInt64()));
        Assert.InRange(part.GetProperty("held_bytes").GetInt64(), 1, Weights.Size - 1);
        Assert.Matches(@"\d+ %", table.Stdout);
        Assert.InRange(added.Json.GetProperty("peers").GetInt32(), 1, 2);
    }

    static async Task LimitAsync(HfmcNode node, string rate, params string[] keys)
    {
        foreach (var key in keys)
            (await node.RunAsync("conf", key, "set", rate)).Succeeded();
    }

    // Of the one transfer that runs; null before it has one.
    static async Task<JsonElement?> CrowdAsync(HfmcNode node) =>
        (await node.StatusAsync()).GetProperty("transfers").EnumerateArray().Select(transfer => transfer.GetProperty("crowd"))
            .Where(crowd => crowd.ValueKind is JsonValueKind.Object).Select(crowd => (JsonElement?)crowd).FirstOrDefault();
}
