using System.Net;
using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>Files over the limit that are not here: read as Xet while they come from an upstream.</summary>
public sealed class XetColdTests : IAsyncLifetime
{
    const string Repo = "acme/cold", Path = "model.bin";

    static readonly PatternContent s_weights = new(100_000_000, seed: 1);

    FakeHub _hub = null!;
    DaemonRig _daemon = null!;
    CasClient _client = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // A listing that takes long is passed on as it comes, and then tells no ids: so they are there before anybody asks.
        Assert.NotNull(s_weights.XetId);
        _hub = await FakeHub.StartAsync(new() { WithXet = true }, Cancelled);
        _commit = _hub.Add(Repo).Commit(new Dictionary<string, FileContent> { [Path] = s_weights });
        _daemon = await DaemonRig.StartAsync(_hub.Endpoint, xetAbove: 1_000_000);
        _client = new(_daemon.Http);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task It_is_offered_by_the_id_of_the_Hub_and_leads_here()
    {
        using var tree = await _daemon.GetAsync($"/api/models/{Repo}/tree/main");
        using var file = await _daemon.GetAsync($"/{Repo}/resolve/main/{Path}", ("Accept", "application/vnd.xet-fileinfo+json"));
        using var token = await _daemon.GetAsync($"/api/models/{Repo}/xet-read-token/{_commit}");

        var entry = JsonDocument.Parse(await tree.Content.ReadAsByteArrayAsync(Cancelled)).RootElement.EnumerateArray().Single();
        Assert.Equal([s_weights.XetId, s_weights.XetId], [entry.GetProperty("xetHash").GetString()!, file.Headers.GetValues("X-Xet-Hash").Single()]);
        Assert.Equal(_daemon.Http.BaseAddress!.AbsoluteUri.TrimEnd('/'), token.Headers.GetValues("X-Xet-Cas-Url").Single());
        Assert.Equal(0, _hub.BytesServed());
    }

    [Fact]
    public async Task All_of_it_is_read_fetched_once_and_kept()
    {
        var (token, _, _) = await _client.TokenAsync(Repo, "main");

        var read = await _client.ReadAsync(2, s_weights.XetId, token, 0, s_weights.Size);

        Assert.True(read.AsSpan().SequenceEqual(s_weights.ToArray()));
        Assert.InRange(_hub.BytesServed(s_weights.Sha256), s_weights.Size, s_weights.Size + (16 << 20));
        Assert.NotNull(_daemon.Cache.Repo(RepoId.Parse(Repo)).FindFile(_commit, FilePath.Parse(Path)));
    }

    [Fact]
    public async Task Who_reads_all_of_it_gets_its_end_when_all_of_it_is_here_and_right()
    {
        var (token, _, _) = await _client.TokenAsync(Repo, "main");
        var told = await _client.TellAsync(2, s_weights.XetId, token);
        var last = told.GetProperty("terms").EnumerateArray().Last().GetProperty("hash").GetString()!;
        var link = told.GetProperty("xorbs").GetProperty(last)[0];

        await _client.GetAsync(link.GetProperty("url").GetString()!, [(0, link.GetProperty("ranges")[0].GetProperty("bytes").GetProperty("end").GetInt64())]);

        Assert.InRange(_hub.BytesServed(s_weights.Sha256), s_weights.Size, long.MaxValue);
    }

    [Fact]
    public async Task A_look_at_some_bytes_fetches_about_those()
    {
        var (token, _, _) = await _client.TokenAsync(Repo, "main");

        var middle = await _client.ReadAsync(2, s_weights.XetId, token, 80_000_000, 81_000_000);
        var end = await _client.ReadAsync(2, s_weights.XetId, token, s_weights.Size - 1000, s_weights.Size);

        Assert.Equal(s_weights.ToArray(80_000_000, 1_000_000), middle);
        Assert.Equal(s_weights.ToArray(s_weights.Size - 1000, 1000), end);
        Assert.InRange(_hub.BytesServed(s_weights.Sha256), 1, 40_000_000);
    }

    [Fact]
    public async Task Of_wrong_bytes_nobody_completes_the_file_and_no_name_is_told_again()
    {
        _hub.Faults.Add(new Fault(FaultKind.FlippedBit, 1000) { Side = HubSide.Cdn });
        var (token, _, _) = await _client.TokenAsync(Repo, "main");
        var before = await NamesAsync(token);

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.ReadAsync(2, s_weights.XetId, token, 0, s_weights.Size));

        Assert.Null(_daemon.Cache.Repo(RepoId.Parse(Repo)).Locate(new(s_weights.Sha256, s_weights.Size)));
        Assert.Empty(before.Intersect(await NamesAsync(token)));
    }

    [Fact]
    public async Task What_can_be_had_nowhere_is_a_reason_to_come_again()
    {
        await using var alone = await DaemonRig.StartAsync(xet: "on");
        alone.PutXet(Repo, isPublic: true, (Path, s_weights));
        File.Delete(alone.Cache.Repo(RepoId.Parse(Repo)).BlobFile(s_weights.Sha256));
        var client = new CasClient(alone.Http);
        var (token, _, _) = await client.TokenAsync(Repo, "main");

        var told = await client.TellAsync(2, s_weights.XetId, token, "bytes=0-0");
        var link = told.GetProperty("xorbs").EnumerateObject().Single().Value[0];
        using var answer = await client.AskAsync(link.GetProperty("url").GetString()!, null, $"bytes=0-{link.GetProperty("ranges")[0].GetProperty("bytes").GetProperty("end")}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    async Task<List<string>> NamesAsync(string token) =>
        [.. (await _client.TellAsync(2, s_weights.XetId, token)).GetProperty("terms").EnumerateArray().Select(term => term.GetProperty("hash").GetString()!)];
}
