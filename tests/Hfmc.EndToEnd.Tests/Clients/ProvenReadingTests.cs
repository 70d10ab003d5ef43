using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>A client reads a cold file through a daemon whose peers have it, with a list of its chunks that the Hub's id proves, and whose upstream is slow.</summary>
public sealed class ProvenReadingTests : NodeTest
{
    const string Repo = "acme/read";

    const int Size = 24 << 20, Half = Size / 2;

    static readonly PatternContent Weights = new(Size, seed: 84);

    static readonly HttpClient s_http = new();

    FakeHub _fast = null!, _slow = null!;

    public override async ValueTask InitializeAsync()
    {
        _fast = await HubAsync(new() { WithXet = true });
        Publish(_fast, Repo, ("model.bin", Weights));
        _slow = await HubAsync(new() { WithXet = true, Content = _fast.Content, BytesPerSecond = 256 << 10 });
    }

    [Fact]
    public async Task Bytes_of_a_peer_go_out_long_before_the_file_is_whole()
    {
        var link = Keep(SlowLink.To((await SeedAsync("seed")).Port, new() { BytesPerSecond = 6 << 20 }));
        var reader = await ReaderAsync(link.Endpoint.Port);

        using var answer = await OpenAsync(reader);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
        var bytes = new byte[Size];
        await body.ReadExactlyAsync(bytes.AsMemory(0, Half), Cancelled);
        var (isNamed, fromUpstream) = (File.Exists(BlobOf(reader)), _slow.BytesServed(Weights.Sha256));
        await body.ReadExactlyAsync(bytes.AsMemory(Half), Cancelled);

        Assert.False(isNamed);
        Assert.InRange(fromUpstream, 0, Half / 2);
        Assert.Equal(Weights.ToArray(), bytes);
    }

    [Fact]
    public async Task What_a_peer_spoils_is_not_shown_and_the_answer_goes_on()
    {
        var liar = await LyingProxy.StartAsync((await SeedAsync("liar")).Endpoint, Lie.Flip, flipEvery: 1_000_000, cancellationToken: Cancelled);
        var links = new[] { Keep(liar).Endpoint.Port, (await SeedAsync("honest")).Port }.Select(port => Keep(SlowLink.To(port, new() { BytesPerSecond = 6 << 20 })));
        var reader = await ReaderAsync([.. links.Select(link => link.Endpoint.Port)]);

        using var answer = await OpenAsync(reader);

        Assert.Equal(Weights.ToArray(), await answer.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.True(liar.Payload > 1_000_000, "the liar was not asked for enough to lie");
    }

    async Task<HfmcNode> SeedAsync(string name)
    {
        var seed = Node(name).At(_fast.Endpoint);
        await seed.StartDaemonAsync();
        await seed.AddAsync(Repo);
        await UntilAsync(() => File.Exists(Path.Combine(seed.CacheRoot, "state", "chunks", Weights.Sha256.Text)));
        return seed;
    }

    async Task<HfmcNode> ReaderAsync(params int[] peers)
    {
        var reader = Node("reader").At(_slow.Endpoint).Knows(peers);
        await reader.StartDaemonAsync();
        return reader;
    }

    async Task<HttpResponseMessage> OpenAsync(HfmcNode reader)
    {
        var answer = await s_http.GetAsync(new Uri(reader.Endpoint, $"/{Repo}/resolve/main/model.bin"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return answer.EnsureSuccessStatusCode();
    }

    static string BlobOf(HfmcNode node) => Path.Combine(node.CacheRoot, "hub", "models--acme--read", "blobs", Weights.Sha256.Text);
}
