using System.Security.Cryptography;
using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary><c>@huggingface/hub</c> reads through a daemon that has nothing, then through one that has all, then without the upstream.</summary>
[Trait("Needs", "programs")]
public sealed class ReadThroughTests : NodeTest
{
    const string Repo = "acme/read";

    static readonly PatternContent Weights = new((5 << 20) + 999, seed: 81);

    static readonly (int Start, int End)[] s_ranges = [(3_000_000, 3_100_000), (0, 1), ((5 << 20) + 100, (5 << 20) + 999)];

    [Fact]
    public async Task Cold_warm_and_offline_give_the_same_bytes_and_the_upstream_gives_each_once()
    {
        NpmClients.Require("@huggingface/hub");
        var hub = await HubAsync(new() { WithXet = true });
        var commit = Publish(hub, Repo, ("config.json", BytesContent.Of("{}")), ("weights/model.bin", Weights), ("empty", BytesContent.Of("")));
        var node = Node("reader").At(hub.Endpoint);
        await node.StartDaemonAsync();

        await ReadAsync(node, "cold");
        await ReadAsync(node, "warm");
        await hub.WaitAsync(seen => seen.BytesServed(Weights.Sha256) >= Weights.Size, Cancelled);
        await hub.StopAsync();
        await ReadAsync(node, "offline");

        Assert.InRange(hub.BytesServed(Weights.Sha256), Weights.Size, Weights.Size + (2 << 20));
        Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "weights/model.bin"));
        var files = (await node.RunAsync("model", "ls", "-r", Repo, "--json")).Succeeded().Json;
        Assert.Equal(["config.json", "empty", "weights/model.bin"], files.EnumerateArray().Select(file => file.GetProperty("file").GetString()).Order());
        Assert.Empty((await node.RunAsync("model", "verify", "--json")).Succeeded().Json.GetProperty("wrong").EnumerateArray());
    }

    [Fact]
    public async Task A_gated_file_wants_a_token_that_the_upstream_accepts()
    {
        NpmClients.Require("@huggingface/hub");
        var hub = await HubAsync();
        Publish(hub, Repo, ("weights/model.bin", Weights));
        hub.Add(Repo).Allow(Secret("hf_member")).Gated = true;
        hub.AddUser("hf_other", "other");
        var node = Node("reader").At(hub.Endpoint);
        await node.StartDaemonAsync();

        await ReadAsync(node, "member", token: "hf_member");
        var (stranger, other) = (await TryAsync(node, "stranger", ""), await TryAsync(node, "other", "hf_other"));

        Assert.NotEqual(0, stranger.ExitCode);
        Assert.NotEqual(0, other.ExitCode);
    }

    async Task ReadAsync(HfmcNode node, string name, string token = "")
    {
        var told = (await TryAsync(node, name, token)).Succeeded().Json;

        Assert.Equal(Weights.Size, told.GetProperty("size").GetInt64());
        Assert.Equal(Weights.Sha256.Text, told.GetProperty("whole").GetString());
        Assert.Equal(
            s_ranges.Select(range => Convert.ToHexStringLower(SHA256.HashData(Weights.ToArray(range.Start, range.End - range.Start)))),
            told.GetProperty("ranges").EnumerateArray().Select(range => range.GetString()));
        Assert.Equal(Weights.ToArray(), await File.ReadAllBytesAsync(told.GetProperty("cached").GetString()!, Cancelled));
        Assert.Equal(Weights.ToArray(), await File.ReadAllBytesAsync(Path.Combine(told.GetProperty("snapshot").GetString()!, "weights/model.bin"), Cancelled));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, told.GetProperty("none").ValueKind);
    }

    // Into a cache of its own each time: what is there already would not be asked for.
    async Task<Told> TryAsync(HfmcNode node, string name, string token) => await NpmClients.TryAsync(
        node,
        ["read.mjs", node.Endpoint.AbsoluteUri.TrimEnd('/'), Path.Combine(Place.Path, $"cache-{name}"), Repo, token, "weights/model.bin",
            .. s_ranges.SelectMany(range => new[] { $"{range.Start}", $"{range.End}" })]);
}
