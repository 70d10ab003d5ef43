using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Proofs by reading as they go over the wire, and what they open at the daemon.</summary>
public sealed class ReadersTests : IAsyncLifetime
{
    static readonly PatternContent Weights = new(300_000, seed: 61), Others = new(300_000, seed: 62);

    static readonly BytesContent Config = BytesContent.Of("""{"of":"the secret model"}""");

    readonly NodeCertificate _self = NodeCertificate.Create();
    DaemonRig _daemon = null!;
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;
    PeerAsker _asker = null!;
    ReadingAttempt _attempt = null!;
    NodeId _server;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _daemon = await DaemonRig.StartAsync();
        _hub = await FakeHub.StartAsync(cancellationToken: Cancelled);
        _repo = _hub.Add("acme/secret").KeepInLfs("model.bin");
        _commit = _repo.Commit(new Dictionary<string, FileContent> { ["model.bin"] = Weights, ["config.json"] = Config });
        _daemon.Put(_repo, _commit, isPublic: false);
        _daemon.Put("acme/other", isPublic: false, ("model.bin", Others));
        _asker = new(_daemon.Address, _self, membership: null, overTls: true, Cancelled);
        _attempt = new(_repo, _commit);
        _server = new NodeIdentity(_daemon.Home).ReadOrCreate().Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_proof_opens_the_large_files_of_that_repo_to_that_node()
    {
        var before = await _asker.AskAsync(Bytes(Weights.Sha256));
        Assert.StartsWith("OK", await _asker.AskAsync(ReadingAttempt.Handing(_attempt.Answer(await _attempt.ChallengeAsync(_asker), _self.Id, _server))), StringComparison.Ordinal);

        Assert.StartsWith("NotFound", before, StringComparison.Ordinal);
        Assert.StartsWith("OK", await _asker.AskAsync(Bytes(Weights.Sha256)), StringComparison.Ordinal);
        Assert.Contains(Weights.Sha256.Text, await _asker.AskAsync(Holds(Weights.Sha256)), StringComparison.Ordinal);
        // Not what git holds itself, not other repos, and not to others, with the header of this node or without TLS.
        Assert.StartsWith("NotFound", await _asker.AskAsync(Bytes(Config.GitSha1)), StringComparison.Ordinal);
        Assert.StartsWith("NotFound", await _asker.AskAsync(Bytes(Others.Sha256)), StringComparison.Ordinal);
        Assert.StartsWith("NotFound", await new PeerAsker(_daemon.Address, NodeCertificate.Create(), null, overTls: true, Cancelled).AskAsync(Bytes(Weights.Sha256)), StringComparison.Ordinal);
        Assert.StartsWith("NotFound", await new PeerAsker(_daemon.Address, null, null, overTls: false, Cancelled).AskAsync(Bytes(Weights.Sha256)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_a_repo_is_here_shows_in_no_challenge_and_in_no_refusal()
    {
        var (known, unknown) = (_attempt.Subject, new string('5', 64));

        var (here, nowhere) = (await ReadingAttempt.ChallengeAsync(_asker, known), await ReadingAttempt.ChallengeAsync(_asker, unknown));
        var refused = await _asker.AskAsync(ReadingAttempt.Handing(new(known, here.Nonce, new string('0', 64))));
        var refusedToo = await _asker.AskAsync(ReadingAttempt.Handing(new(unknown, nowhere.Nonce, new string('0', 64))));

        Assert.Equal((here.Nonce.Length, here.Places.Length), (nowhere.Nonce.Length, nowhere.Places.Length));
        Assert.StartsWith("NotFound", refused, StringComparison.Ordinal);
        Assert.Equal(refused, refusedToo);
    }

    [Fact]
    public async Task A_proof_that_another_node_made_is_of_no_use_to_whoever_passes_it_on()
    {
        // The victim has the right to read, and proves it to a node that only hands on what the daemon asks.
        var (victim, relay) = (NodeCertificate.Create(), NodeCertificate.Create());
        var relaying = new PeerAsker(_daemon.Address, relay, null, overTls: true, Cancelled);
        var challenge = await _attempt.ChallengeAsync(relaying);

        var told = await relaying.AskAsync(ReadingAttempt.Handing(_attempt.Answer(challenge, victim.Id, relay.Id)));

        Assert.StartsWith("NotFound", told, StringComparison.Ordinal);
        Assert.StartsWith("NotFound", await relaying.AskAsync(Bytes(Weights.Sha256)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_or_without_a_key_nothing_is_asked_and_nothing_is_proven()
    {
        var question = new Question("POST", "/reading", $$"""{"subject":"{{_attempt.Subject}}"}""");

        Assert.StartsWith("NotFound", await new PeerAsker(_daemon.Address, _self, null, overTls: false, Cancelled).AskAsync(question), StringComparison.Ordinal);
        Assert.StartsWith("NotFound", await new PeerAsker(_daemon.Address, null, null, overTls: true, Cancelled).AskAsync(question), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_text_is_answered_as_a_proof_that_is_wrong() => await Seeds.RunAsync(nameof(Any_text_is_answered_as_a_proof_that_is_wrong), 40, async random =>
    {
        var (isProof, self) = (random.Next(4) is 0, NodeCertificate.Create());
        var right = isProof
            ? $$"""{"subject":"{{_attempt.Subject}}","nonce":"{{new string('1', 64)}}","mac":"{{new string('2', 64)}}"}"""
            : $$"""{"subject":"{{_attempt.Subject}}"}""";

        var told = await _asker.AskAsync(new("POST", isProof ? "/reading/proof" : "/reading", Mutation.Json(random, right)));

        if (!told.StartsWith("NotFound", StringComparison.Ordinal) && !(told.StartsWith("OK", StringComparison.Ordinal) && told.Contains("places", StringComparison.Ordinal)))
            throw new InvalidOperationException(told);
    });

    static Question Bytes(ETag etag) => new("GET", $"/blobs/{etag}");

    static Question Holds(ETag etag) => new("POST", "/blobs", $$"""{"etags":["{{etag}}"]}""");
}
