using System.Text.Json;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>A Xet client that is not ours, XetBlob of <c>@huggingface/hub</c>, reads through the daemon's CAS.</summary>
[Trait("Needs", "programs")]
public sealed class NodeXetTests : NodeTest
{
    const string Repo = "acme/big", Path = "weights/model.bin";

    // The first is more than one xorb.
    static readonly PatternContent s_weights = new(80_000_000, seed: 5), s_small = new(3_000_000, seed: 6);

    // Zeros have one chunk again and again, so a range across two xorbs is two ranges of one.
    static readonly BytesContent s_zeros = new(new byte[135 << 20]);

    [Fact]
    public async Task A_file_that_is_here_is_read_as_Xet_in_whole_and_in_ranges()
    {
        NpmClients.Require("@huggingface/hub");
        var (node, hub) = await ServingAsync(s_weights, "on");
        await UntilAsync(() => HasListAsync(node, s_weights));
        await hub.StopAsync();

        var read = await ReadAsync(node, "0-1", "5-1000", "66000000-69000000", "79999990-80000000", "1000000-75000000");

        Same(s_weights, read.Folder, "0-1", "5-1000", "66000000-69000000", "79999990-80000000", "1000000-75000000");
        IsXet(read.Told, s_weights.Size);
    }

    [Fact]
    public async Task Two_ranges_of_one_xorb_are_read_from_one_answer()
    {
        NpmClients.Require("@huggingface/hub");
        var (node, _) = await ServingAsync(s_zeros, "on");
        await UntilAsync(() => HasListAsync(node, s_zeros));
        var told = await ReadAsync(node, "66000000-68000000");

        Same(s_zeros, told.Folder, "66000000-68000000");
        IsXet(told.Told, s_zeros.Size);
        Assert.Contains(Requests(told.Told), request => request.GetProperty("type").GetString()!.StartsWith("multipart/byteranges", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_Xet_is_not_offered_the_same_client_reads_plain_bytes()
    {
        NpmClients.Require("@huggingface/hub");
        var (node, _) = await ServingAsync(s_small, "auto");

        var read = await ReadAsync(node, "5-1000");

        Same(s_small, read.Folder, "5-1000");
        Assert.Equal("WebBlob", read.Told.GetProperty("kind").GetString());
        Assert.All(Requests(read.Told), request => Assert.Contains("/resolve/", request.GetProperty("path").GetString()));
    }

    async Task<(HfmcNode Node, FakeHub Hub)> ServingAsync(FileContent content, string xet)
    {
        var hub = await HubAsync(new() { WithXet = true });
        Publish(hub, Repo, (Path, content));
        var node = Node("lone").At(hub.Endpoint).Configured(JsonSerializer.Serialize(new Dictionary<string, string> { ["hub.xet"] = xet }));
        await node.StartDaemonAsync();
        await node.AddAsync(Repo);
        return (node, hub);
    }

    // The daemon makes chunk lists when nothing else is on its way.
    static async Task<bool> HasListAsync(HfmcNode node, FileContent content)
    {
        using var http = new HttpClient();
        using var answer = await http.SendAsync(new(HttpMethod.Head, new Uri(node.Endpoint, $"/{Repo}/resolve/main/{Path}")), TestContext.Current.CancellationToken);
        return answer.Headers.TryGetValues("X-Xet-Hash", out var hashes) && hashes.Single() == content.XetId;
    }

    async Task<(JsonElement Told, string Folder)> ReadAsync(HfmcNode node, params string[] ranges)
    {
        var folder = Place.Folder("read");
        var told = (await NpmClients.TryAsync(node, ["xet.mjs", node.Endpoint.AbsoluteUri.TrimEnd('/'), Repo, Path, folder, .. ranges])).Succeeded();
        return (told.Json, folder);
    }

    static void Same(FileContent content, string folder, params string[] ranges)
    {
        Assert.True(File.ReadAllBytes(System.IO.Path.Combine(folder, "whole")).AsSpan().SequenceEqual(content.ToArray()));
        foreach (var range in ranges)
        {
            var (start, end) = (int.Parse(range.Split('-')[0]), int.Parse(range.Split('-')[1]));
            Assert.True(File.ReadAllBytes(System.IO.Path.Combine(folder, range)).AsSpan().SequenceEqual(content.ToArray(start, end - start)), range);
        }
    }

    // One request asks for the file, and no other gets its bytes but from xorbs.
    static void IsXet(JsonElement told, long size)
    {
        Assert.Equal("XetBlob", told.GetProperty("kind").GetString());
        Assert.Equal(size, told.GetProperty("size").GetInt64());
        var requests = Requests(told);
        Assert.StartsWith("application/vnd.xet-fileinfo+json", Assert.Single(requests, request => request.GetProperty("path").GetString()!.Contains("/resolve/", StringComparison.Ordinal)).GetProperty("type").GetString());
        Assert.All(requests, request => Assert.InRange(request.GetProperty("status").GetInt32(), 200, 206));
        string[] kinds = ["/resolve/", "/xet-read-token/", "/v2/reconstructions/", "/xorb/default/"];
        Assert.All(requests, request => Assert.Contains(kinds, kind => request.GetProperty("path").GetString()!.Contains(kind, StringComparison.Ordinal)));
        Assert.Single(requests, request => request.GetProperty("path").GetString()!.Contains("/xet-read-token/", StringComparison.Ordinal));
    }

    static List<JsonElement> Requests(JsonElement told) => [.. told.GetProperty("requests").EnumerateArray()];
}
