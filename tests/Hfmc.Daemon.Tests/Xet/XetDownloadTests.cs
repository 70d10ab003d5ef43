using System.Net;
using System.Text.Json;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>Files read through the daemon's CAS by a client that knows only the documentation.</summary>
public sealed class XetDownloadTests : IAsyncLifetime
{
    const string Repo = "acme/big";

    static readonly PatternContent s_weights = new(70_000_000, seed: 3);
    static readonly BytesContent s_same = new(new byte[135 << 20]);

    DaemonRig _daemon = null!;

    CasClient Client { get => field ??= new(_daemon.Http); set; } = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _daemon = await DaemonRig.StartAsync(xet: "on");

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_whole_file_and_any_range_of_it_come_back(int version)
    {
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights));
        _daemon.KeepLists(s_weights);
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        var whole = await Client.ReadAsync(version, s_weights.XetId, token, 0, s_weights.Size);
        Assert.True(whole.AsSpan().SequenceEqual(s_weights.ToArray()));
        await Seeds.RunAsync(nameof(The_whole_file_and_any_range_of_it_come_back), 20, async random =>
        {
            var start = random.NextInt64(s_weights.Size);
            var end = Math.Min(s_weights.Size, start + random.Next(1, random.Next(2) is 0 ? 100 : 3_000_000));

            Assert.Equal(s_weights.ToArray(start, (int)(end - start)), await Client.ReadAsync(version, s_weights.XetId, token, start, end));
        });
    }

    [Fact]
    public async Task A_xorb_has_the_name_and_the_chunks_of_the_content()
    {
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights));
        _daemon.KeepLists(s_weights);
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        var list = ChunkListBuilder.Of(s_weights.ToArray(), ChunkRule.Current);

        var terms = (await Client.TellAsync(2, s_weights.XetId, token)).GetProperty("terms").EnumerateArray().ToList();

        Assert.Equal(2, terms.Count);
        var count = terms[0].GetProperty("range").GetProperty("end").GetInt32();
        Assert.Equal(MerkleTree.Root([.. Enumerable.Range(0, count).Select(i => new MerkleNode(list[i].Hash, list[i].Length))]).ToString(), terms[0].GetProperty("hash").GetString());
        Assert.Equal(list.Count, terms.Sum(term => term.GetProperty("range").GetProperty("end").GetInt32()));
    }

    [Fact]
    public async Task Ranges_of_one_xorb_come_in_one_answer_of_several_parts()
    {
        // Zeros: every chunk is like every other, so all xorbs but the last are one.
        _daemon.PutXet(Repo, isPublic: true, ("zeros.bin", s_same));
        _daemon.KeepLists(s_same);
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        var xorb = (await Client.TellAsync(2, s_same.XetId, token)).GetProperty("terms")[0].GetProperty("unpacked_length").GetInt64();

        var read = await Client.ReadAsync(2, s_same.XetId, token, xorb - 300_000, xorb + 300_000);

        Assert.Equal(600_000, read.Length);
        Assert.All(read, one => Assert.Equal(0, one));
        Assert.Equal(["multipart/byteranges"], Client.Fetched);
    }

    [Fact]
    public async Task A_file_whose_chunks_nobody_knows_is_cut_evenly_and_stays_so_while_it_is_read()
    {
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights));
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        var before = await Client.TellAsync(2, s_weights.XetId, token);
        _daemon.KeepLists(s_weights);
        var after = await Client.TellAsync(2, s_weights.XetId, token);

        Assert.Equal(before.GetProperty("terms").ToString(), after.GetProperty("terms").ToString());
        Assert.Equal(s_weights.ToArray(30_000_000, 40_000_000), await Client.ReadAsync(2, s_weights.XetId, token, 30_000_000, 70_000_000));
    }

    [Fact]
    public async Task A_file_that_the_Hub_never_saw_is_asked_for_by_the_id_of_its_own_chunks()
    {
        _daemon.Put(Repo, isPublic: true, ("model.bin", s_weights));
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        Assert.Equal(HttpStatusCode.NotFound, (await Client.AskAsync($"/v2/reconstructions/{s_weights.XetId}", token)).StatusCode);

        _daemon.KeepLists(s_weights);

        Assert.Equal(s_weights.ToArray(5, 1_000), await Client.ReadAsync(2, s_weights.XetId, token, 5, 1_005));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_reconstruction_has_the_members_of_a_published_one_and_no_others(int version)
    {
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights));
        _daemon.KeepLists(s_weights);
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        var published = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Xet", "xet-reconstructions.json"), Cancelled)).RootElement;

        var told = await Client.TellAsync(version, s_weights.XetId, token);

        Assert.Equal(Shape(published.GetProperty($"v{version}").GetProperty("body")), Shape(told));
    }

    // Members by name, of a list those of its first item, of a dictionary by hash those of its first value.
    static string Shape(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => $"[{Shape(json[0])}]",
        JsonValueKind.Object when json.EnumerateObject().First() is { Name.Length: 64 } xorb => $"{{hash: {Shape(xorb.Value)}}}",
        JsonValueKind.Object => $"{{{string.Join(", ", json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}: {Shape(member.Value)}"))}}}",
        var kind => kind.ToString(),
    };

    [Theory]
    [InlineData(null, 200)]
    [InlineData("bytes=0-", 200)]
    [InlineData("bytes=-5", 200)]
    [InlineData("bytes=69999999-99999999", 200)]
    [InlineData("bytes=70000000-", 416)]
    [InlineData("bytes=-0", 416)]
    [InlineData("bytes=0-1,5-6", 400)]
    [InlineData("bytes=5-1", 400)]
    [InlineData("pieces=1-2", 400)]
    public async Task A_range_of_a_file_is_answered_as_the_CAS_does(string? range, int status)
    {
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights));
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        foreach (var version in (int[])[1, 2])
        {
            using var answer = await Client.AskAsync($"/v{version}/reconstructions/{s_weights.XetId}", token, range);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Several_files_are_told_at_once_and_one_is_measured()
    {
        var second = new PatternContent(2_000_000, seed: 4);
        _daemon.PutXet(Repo, isPublic: true, ("model.bin", s_weights), ("second.bin", second));
        _daemon.KeepLists(s_weights, second);
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        using var both = await Client.AskAsync($"/v1/reconstructions?file_id={s_weights.XetId}&file_id={second.XetId}", token);
        using var none = await Client.AskAsync($"/v1/reconstructions?file_id={s_weights.XetId}&file_id={new string('a', 64)}", token);
        using var size = await _daemon.SendAsync(HttpMethod.Head, $"/v1/files/{second.XetId}", ("Authorization", $"Bearer {token}"));

        var files = JsonDocument.Parse(await both.Content.ReadAsByteArrayAsync(Cancelled)).RootElement.GetProperty("files");
        Assert.Equal(second.Size, files.GetProperty(second.XetId).EnumerateArray().Sum(term => term.GetProperty("unpacked_length").GetInt64()));
        Assert.Equal(s_weights.Size, files.GetProperty(s_weights.XetId).EnumerateArray().Sum(term => term.GetProperty("unpacked_length").GetInt64()));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(second.Size, size.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Uploads_are_refused_and_telemetry_is_swallowed()
    {
        using var telemetry = await _daemon.Http.PostAsync(new Uri("/v1/telemetry", UriKind.Relative), new StringContent("{}"), Cancelled);
        using var shard = await _daemon.Http.PostAsync(new Uri("/v1/shards", UriKind.Relative), new StringContent("x"), Cancelled);
        using var chunk = await _daemon.GetAsync($"/v1/chunks/default-merkledb/{new string('a', 64)}");

        Assert.Equal(HttpStatusCode.OK, telemetry.StatusCode);
        Assert.False(shard.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.NotFound, chunk.StatusCode);
    }
}
