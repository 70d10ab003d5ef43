using System.Net;
using System.Text.Json;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>
/// A daemon with a file of more than one xorb, of which it knows the chunks, and another whose chunks nobody knows. Made once: such files are
/// what takes the time.
/// </summary>
public sealed class XetFiles : IAsyncLifetime
{
    public const string Repo = "acme/big", Unknown = "acme/unknown";

    public PatternContent Weights { get; } = new(70_000_000, seed: 3);

    public PatternContent Unlisted { get; } = new(70_000_000, seed: 4);

    internal DaemonRig Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Daemon = await DaemonRig.StartAsync(xet: "on");
        Daemon.PutXet(Repo, isPublic: true, ("model.bin", Weights));
        Daemon.KeepLists(Weights);
        Daemon.PutXet(Unknown, isPublic: true, ("model.bin", Unlisted));
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}

/// <summary>Files read through the daemon's CAS by a client that knows only the documentation.</summary>
public sealed class XetDownloadTests(XetFiles files) : IClassFixture<XetFiles>
{
    const string Repo = XetFiles.Repo;

    readonly DaemonRig _daemon = files.Daemon;
    readonly PatternContent _weights = files.Weights;

    CasClient Client { get => field ??= new(_daemon.Http); set; } = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_whole_file_and_any_range_of_it_come_back(int version)
    {
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        var whole = await Client.ReadAsync(version, _weights.XetId, token, 0, _weights.Size);
        Assert.True(whole.AsSpan().SequenceEqual(_weights.ToArray()));
        await Seeds.RunAsync(nameof(The_whole_file_and_any_range_of_it_come_back), 20, async random =>
        {
            var start = random.NextInt64(_weights.Size);
            var end = Math.Min(_weights.Size, start + random.Next(1, random.Next(2) is 0 ? 100 : 3_000_000));

            Assert.Equal(_weights.ToArray(start, (int)(end - start)), await Client.ReadAsync(version, _weights.XetId, token, start, end));
        });
    }

    [Fact]
    public async Task A_xorb_has_the_name_and_the_chunks_of_the_content()
    {
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        var list = ChunkListBuilder.Of(_weights.ToArray(), ChunkRule.Current);

        var terms = (await Client.TellAsync(2, _weights.XetId, token)).GetProperty("terms").EnumerateArray().ToList();

        Assert.Equal(2, terms.Count);
        var count = terms[0].GetProperty("range").GetProperty("end").GetInt32();
        Assert.Equal(MerkleTree.Root([.. Enumerable.Range(0, count).Select(i => new MerkleNode(list[i].Hash, list[i].Length))]).ToString(), terms[0].GetProperty("hash").GetString());
        Assert.Equal(list.Count, terms.Sum(term => term.GetProperty("range").GetProperty("end").GetInt32()));
    }

    [Fact]
    public async Task Ranges_of_one_xorb_come_in_one_answer_of_several_parts()
    {
        // Zeros: every chunk is like every other, so all xorbs but the last are one.
        var same = new BytesContent(new byte[135 << 20]);
        _daemon.PutXet("acme/zeros", isPublic: true, ("zeros.bin", same));
        _daemon.KeepLists(same);
        var (token, _, _) = await Client.TokenAsync("acme/zeros", "main");
        var xorb = (await Client.TellAsync(2, same.XetId, token)).GetProperty("terms")[0].GetProperty("unpacked_length").GetInt64();

        var read = await Client.ReadAsync(2, same.XetId, token, xorb - 300_000, xorb + 300_000);

        Assert.Equal(600_000, read.Length);
        Assert.All(read, one => Assert.Equal(0, one));
        Assert.Equal(["multipart/byteranges"], Client.Fetched);
    }

    [Fact]
    public async Task A_file_whose_chunks_nobody_knows_is_cut_evenly_and_stays_so_while_it_is_read()
    {
        var unlisted = files.Unlisted;
        var (token, _, _) = await Client.TokenAsync(XetFiles.Unknown, "main");

        var before = await Client.TellAsync(2, unlisted.XetId, token);
        _daemon.KeepLists(unlisted);
        var after = await Client.TellAsync(2, unlisted.XetId, token);

        Assert.Equal(before.GetProperty("terms").ToString(), after.GetProperty("terms").ToString());
        Assert.Equal(unlisted.ToArray(30_000_000, 40_000_000), await Client.ReadAsync(2, unlisted.XetId, token, 30_000_000, 70_000_000));
    }

    [Fact]
    public async Task A_file_that_the_Hub_never_saw_is_asked_for_by_the_id_of_its_own_chunks()
    {
        var imported = new PatternContent(3_000_000, seed: 5);
        _daemon.Put("acme/imported", isPublic: true, ("model.bin", imported));
        var (token, _, _) = await Client.TokenAsync("acme/imported", "main");
        Assert.Equal(HttpStatusCode.NotFound, (await Client.AskAsync($"/v2/reconstructions/{imported.XetId}", token)).StatusCode);

        _daemon.KeepLists(imported);

        Assert.Equal(imported.ToArray(5, 1_000), await Client.ReadAsync(2, imported.XetId, token, 5, 1_005));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_reconstruction_has_the_members_of_a_published_one_and_no_others(int version)
    {
        var (token, _, _) = await Client.TokenAsync(Repo, "main");
        var published = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Xet", "xet-reconstructions.json"), Cancelled)).RootElement;

        var told = await Client.TellAsync(version, _weights.XetId, token);

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
        var (token, _, _) = await Client.TokenAsync(Repo, "main");

        foreach (var version in (int[])[1, 2])
        {
            using var answer = await Client.AskAsync($"/v{version}/reconstructions/{_weights.XetId}", token, range);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Several_files_are_told_at_once_and_one_is_measured()
    {
        var (first, second) = (new PatternContent(3_000_000, seed: 6), new PatternContent(2_000_000, seed: 7));
        _daemon.PutXet("acme/two", isPublic: true, ("first.bin", first), ("second.bin", second));
        _daemon.KeepLists(first, second);
        var (token, _, _) = await Client.TokenAsync("acme/two", "main");

        using var both = await Client.AskAsync($"/v1/reconstructions?file_id={first.XetId}&file_id={second.XetId}", token);
        using var none = await Client.AskAsync($"/v1/reconstructions?file_id={first.XetId}&file_id={new string('a', 64)}", token);
        using var size = await _daemon.SendAsync(HttpMethod.Head, $"/v1/files/{second.XetId}", ("Authorization", $"Bearer {token}"));

        var files = JsonDocument.Parse(await both.Content.ReadAsByteArrayAsync(Cancelled)).RootElement.GetProperty("files");
        Assert.Equal(second.Size, files.GetProperty(second.XetId).EnumerateArray().Sum(term => term.GetProperty("unpacked_length").GetInt64()));
        Assert.Equal(first.Size, files.GetProperty(first.XetId).EnumerateArray().Sum(term => term.GetProperty("unpacked_length").GetInt64()));
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
