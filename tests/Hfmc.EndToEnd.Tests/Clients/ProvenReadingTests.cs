using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>A client reads a cold file through a daemon whose peers have it, with a list of its chunks that the Hub's id proves, and whose upstream is slow.</summary>
public sealed class ProvenReadingTests : NodeTest
{
    const string Repo = "acme/read", Token = "hf_ofOneWhoMayRead";

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

    [Fact]
    public async Task Members_give_a_gated_file_to_who_may_read_it_and_to_nobody_else()
    {
        _fast.Add(Repo).Allow(Secret(Token)).Gated = true;
        var code = (await Node("seed").RunAsync("cluster", "new")).Succeeded().LastLine;
        var seed = await SeedAsync("seed", Token);
        (await Node("reader").Start("cluster", "join").Type(code + "\n").EndAsync(Cancelled)).Succeeded();
        var reader = await ReaderAsync(seed.Port);

        using var refused = await AskAsync(reader, "hf_ofSomebodyElse");
        using var answer = await AskAsync(reader, Token);

        Assert.False(refused.IsSuccessStatusCode);
        Assert.Equal(Weights.ToArray(), await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(Cancelled));
        Assert.InRange(_slow.BytesServed(Weights.Sha256), 0, Half / 2);
        Assert.InRange((await seed.StatusAsync()).GetProperty("served_bytes").GetInt64(), Half, Size);
    }

    async Task<HfmcNode> SeedAsync(string name, string? token = null)
    {
        var seed = Node(name).At(_fast.Endpoint);
        if (token is not null)
            seed.With("HF_TOKEN", token);
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

    async Task<HttpResponseMessage> OpenAsync(HfmcNode reader) => (await AskAsync(reader, token: null)).EnsureSuccessStatusCode();

    async Task<HttpResponseMessage> AskAsync(HfmcNode reader, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(reader.Endpoint, $"/{Repo}/resolve/main/model.bin"));
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        return await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    static string BlobOf(HfmcNode node) => Path.Combine(node.CacheRoot, "hub", "models--acme--read", "blobs", Weights.Sha256.Text);
}
