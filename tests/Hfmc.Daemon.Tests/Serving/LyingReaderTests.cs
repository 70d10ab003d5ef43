using System.Collections.Concurrent;
using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Tests.Access;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>A peer that says yes to every proof, to hear what the asker is after: it hears nothing, and nothing is opened to it.</summary>
public sealed class LyingReaderTests : IAsyncLifetime
{
    const string Token = "hf_asker";

    static readonly PatternContent Weights = new(300_000, seed: 81);

    readonly ConcurrentQueue<string> _heard = new();
    readonly NodeCertificate _self = NodeCertificate.Create();
    readonly OpenRepos _opened = new(TimeProvider.System);
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(cancellationToken: Cancelled);
        _repo = _hub.Add("acme/secret").KeepInLfs("model.bin").Allow(Token);
        _repo.Private = true;
        _commit = _repo.Commit(new Dictionary<string, FileContent> { ["model.bin"] = Weights });
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("""{"mac":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("the asker's own proof")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("nonsense")]
    public async Task Who_says_yes_without_a_proof_is_asked_nothing_more(string yes)
    {
        await using var liar = await TlsServer.StartAsync(context => LieAsync(context, yes), Cancelled);
        using var http = PeerClient.CreateTransport(_self);
        using var hubHttp = HubTransport.Create();
        Assert.True(AccessToken.TryParse(Token, out var token));
        var hub = new HubClient(new(_hub.Endpoint, SourceKind.Hub, token), hubHttp, TimeProvider.System, "test", via: null);
        var snapshot = new Snapshot(_repo.Id, _commit, [.. _repo.Find(_commit.Text)!.Files.Select(file => file.AsRepoFile())]);
        await using var proofs = new ReadProofs(new(http, TimeProvider.System, _self.Id), _self.Id, new([hub], snapshot, TimeProvider.System), _opened, TimeProvider.System);

        var readers = await proofs.OpenAsync([KeyValuePair.Create(liar.Address, liar.Self.Id)], Cancelled);
        await Assert.ThrowsAsync<SourceException>(() => proofs.Client.HoldsAsync(liar.Address, [new(Weights.Sha256, Weights.Size)], Cancelled));

        Assert.Empty(readers.Alive);
        Assert.Empty(_opened.OpenTo(liar.Self.Id));
        Assert.Equal(["/peer/v1/reading", "/peer/v1/reading/proof"], _heard.Where(line => line.StartsWith('/')));
        foreach (var secret in (string[])[Token, "acme", "model.bin", _commit.Text, Weights.Sha256.Text])
            Assert.DoesNotContain(_heard, line => line.Contains(secret, StringComparison.Ordinal));
    }

    async Task LieAsync(HttpContext context, string yes)
    {
        _heard.Enqueue(context.Request.Path.Value!);
        foreach (var (name, value) in context.Request.Headers)
            _heard.Enqueue($"{name}: {value}");
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        _heard.Enqueue(body);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            context.Request.Path.Value!.EndsWith("/proof", StringComparison.Ordinal)
                ? yes is "the asker's own proof" ? body : yes
                : System.Text.Json.JsonSerializer.Serialize(new(new string('1', 64), ReadingPlaces.Draw()), PeerJson.Default.PeerReadingChallenge),
            context.RequestAborted);
    }
}
