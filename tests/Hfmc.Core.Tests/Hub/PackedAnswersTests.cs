using System.IO.Compression;
using System.Net;
using System.Text;
using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

/// <summary>Upstreams that pack what they send though <c>identity</c> was asked for: unpacked while it comes, and bounded as it was.</summary>
public sealed class PackedAnswersTests : IAsyncLifetime
{
    static readonly RepoId s_repo = RepoId.Parse("acme/tiny");

    readonly HttpMessageInvoker _http = HubTransport.Create();
    FakeHub _hub = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { PageSize = 3 }, Cancelled);
        _commit = _hub.Add(s_repo.Id).Commit(Enumerable.Range(0, 10).ToDictionary(i => $"file{i}.txt", i => Encoding.UTF8.GetBytes(new string('x', 100 * i))));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw-deflate")]
    [InlineData("gzip, gzip")]
    public async Task Lists_are_unpacked(string coding)
    {
        _hub.Faults.Add(new Fault(FaultKind.Packed) { Path = "/", Header = coding });

        Assert.Equal(_commit, (await Client().GetRepoAsync(s_repo, Revision.Main, anonymous: true, Cancelled)).Commit);
        Assert.Equal(10, (await Client().GetSnapshotAsync(s_repo, _commit, anonymous: true, Cancelled)).Files.Count);
        Assert.True((await Client().AskAsync(new($"api/{s_repo.ApiPath}"), anonymous: true, Cancelled)).Body.Span.StartsWith("{"u8));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("zstd")]
    [InlineData("gzip, gzip, gzip")]
    [InlineData("br")]
    public async Task A_list_that_cannot_be_unpacked_is_the_upstreams_fault(string coding)
    {
        _hub.Faults.Add(new Fault(FaultKind.SaysPacked) { Path = "/", Header = coding });

        var error = await Assert.ThrowsAsync<SourceException>(() => Client().GetRepoAsync(s_repo, Revision.Main, anonymous: true, Cancelled));

        Assert.Equal(SourceFault.Lied, error.Fault);
        Assert.Contains("pack", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_list_that_becomes_endless_when_it_is_unpacked_is_cut_where_any_list_is()
    {
        await using var bomb = await BombAsync(gigabytes: 1);
        var before = GC.GetTotalAllocatedBytes();

        var error = await Assert.ThrowsAsync<SourceException>(() => Client(bomb.Endpoint).GetRepoAsync(s_repo, Revision.Main, anonymous: true, Cancelled));

        Assert.Contains("more than 32 MiB", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400L << 20);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_becomes_endless_when_it_is_unpacked_is_cut_at_the_size_of_the_listing()
    {
        await using var bomb = await BombAsync(gigabytes: 1);
        var blob = new Blob(new BytesContent(new byte[5000]).GitSha1, 5000);
        var taken = 0L;
        var file = Client(bomb.Endpoint).File(s_repo, _commit, new(FilePath.Parse("a.bin"), blob));

        using var body = await file.OpenWholeAsync(Cancelled);
        await new BodyPump(TimeProvider.System, TimeSpan.FromSeconds(10)).CopyAsync(await body.ReadAsync(Cancelled), "bomb", 0, 5000, new Sink(bytes => taken += bytes), Cancelled);

        Assert.Equal(5000, taken);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_packed_itself_and_is_said_to_be_a_packed_answer_is_taken_as_it_is()
    {
        var packed = PackingFaults.Pack(Encoding.UTF8.GetBytes(new string('y', 5000)), "gzip");
        var commit = _hub.Add(s_repo.Id).Commit(new Dictionary<string, byte[]> { ["data.jsonl.gz"] = packed });
        _hub.Faults.Add(new Fault(FaultKind.SaysPacked) { Header = "gzip" });

        using var body = await Client().File(s_repo, commit, _hub.Add(s_repo.Id).Find(commit.Text)!.Files[0].AsRepoFile()).OpenWholeAsync(Cancelled);
        using var read = new MemoryStream();
        await (await body.ReadAsync(Cancelled)).CopyToAsync(read, Cancelled);

        Assert.Equal(packed, read.ToArray());
    }

    HubClient Client(Uri? endpoint = null) => new(new(endpoint ?? _hub.Endpoint, SourceKind.Hub, null), _http, TimeProvider.System, "test", via: null);

    static async Task<ScriptedServer> BombAsync(int gigabytes) => await ScriptedServer.StartAsync(async http =>
    {
        http.Response.Headers.ContentEncoding = "gzip";
        await using var packing = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
        var zeros = new byte[1 << 20];
        for (var sent = 0; sent < gigabytes << 10; sent++)
            await packing.WriteAsync(zeros, http.RequestAborted);
    }, Cancelled);

    sealed class Sink(Action<int> take) : IRangeSink
    {
        public bool Write(long offset, ReadOnlySpan<byte> bytes)
        {
            take(bytes.Length);
            return true;
        }
    }
}
