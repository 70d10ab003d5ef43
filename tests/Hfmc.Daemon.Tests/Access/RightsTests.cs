using Hfmc.Core.Control;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

/// <summary>
/// A daemon with a gated model, and a machine that asks it for the weights with every kind of right or pretence that the peer protocol
/// knows: what hfmc itself never does, so by hand. Who gets what between two honest machines is in the end-to-end tests of the guide.
/// </summary>
public sealed class RightsTests : IAsyncLifetime
{
    const string Model = "acme/model", Other = "acme/other", Token = "hf_ofTheOwnerAndNobodyElse";

    static readonly PatternContent Weights = new(300_000, seed: 81), Earlier = new(300_000, seed: 82), Others = new(300_000, seed: 83);

    readonly NodeCertificate _self = NodeCertificate.Create();
    FakeHub _hub = null!;
    DaemonRig _daemon = null!;
    FakeRepo _model = null!, _other = null!;
    CommitId _commit, _earlier, _others;
    readonly ClusterKey _cluster = ClusterKey.New();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(cancellationToken: Cancelled);
        (_model, _other) = (_hub.Add(Model).KeepInLfs("model.bin").Allow(Token), _hub.Add(Other).KeepInLfs("model.bin").Allow(Token));
        (_model.Gated, _other.Gated) = (true, true);
        (_earlier, _commit, _others) = (Commit(_model, Earlier), Commit(_model, Weights), Commit(_other, Others));
        _daemon = await DaemonRig.StartAsync(_hub.Endpoint);
        new ClusterBook(_daemon.Home).Join(_cluster);
        foreach (var (repo, commit) in ((FakeRepo, CommitId)[])[(_model, _earlier), (_model, _commit), (_other, _others)])
            _daemon.Put(repo, commit, isPublic: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _hub.DisposeAsync();
    }

    /// <summary>What the asker comes with, and whether that opens the weights.</summary>
    public static TheoryData<string, bool> Cases => new()
    {
        { "a right proof", true },
        { "a guessed proof", false },
        { "a right proof after a wrong one to the same challenge", false },
        { "the proof of another node", false },
        { "a proof for another repo", false },
        { "a proof for another commit", false },
        { "a certificate of a member", true },
        { "a certificate that has expired", false },
        { "a certificate of another cluster", false },
        { "a certificate of another node", false },
        { "a certificate of a member that was removed", false },
        { "nothing", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Who_gets_what(string with, bool opens)
    {
        using var asker = Asker(Certificate(with));
        await ProveAsync(with, asker);
        var fromHub = _hub.BytesServed();

        using var answer = await asker.OpenAsync(new("GET", $"/blobs/{Weights.Sha256}"));
        var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);

        Assert.Equal(opens, answer.IsSuccessStatusCode);
        Assert.Equal(opens, body.AsSpan().SequenceEqual(Weights.ToArray()));
        Assert.Equal(opens ? Weights.Size : 0, await ServedAsync());
        Assert.Equal(fromHub, _hub.BytesServed());
    }

    // What is shown opens what it is of, and that alone: so the cases above do not fail for want of a proof.
    [Theory]
    [InlineData("a proof for another repo")]
    [InlineData("a proof for another commit")]
    public async Task A_proof_opens_what_it_is_of(string with)
    {
        using var asker = Asker(null);
        await ProveAsync(with, asker);

        using var answer = await asker.OpenAsync(new("GET", $"/blobs/{(with is "a proof for another repo" ? Others : Earlier).Sha256}"));

        Assert.True(answer.IsSuccessStatusCode);
    }

    async Task ProveAsync(string with, PeerAsker asker)
    {
        var server = new NodeIdentity(_daemon.Home).ReadOrCreate().Id;
        var attempt = with switch
        {
            "a proof for another repo" => new ReadingAttempt(_other, _others),
            "a proof for another commit" => new(_model, _earlier),
            _ => new(_model, _commit),
        };
        if (!with.Contains("proof", StringComparison.Ordinal))
            return;
        var challenge = await attempt.ChallengeAsync(asker);
        var right = attempt.Answer(challenge, _self.Id, server);
        if (with is "a guessed proof" or "a right proof after a wrong one to the same challenge")
            Assert.StartsWith("NotFound", await asker.AskAsync(ReadingAttempt.Handing(right with { Mac = new('0', right.Mac!.Length) })), StringComparison.Ordinal);
        if (with is "a guessed proof")
            return;
        if (with is "the proof of another node")
        {
            // One that may read it, and tells its proof to whoever asks.
            right = attempt.Answer(challenge, NodeCertificate.Create().Id, server);
        }
        var told = await asker.AskAsync(ReadingAttempt.Handing(right));
        Assert.Equal(with is not ("the proof of another node" or "a right proof after a wrong one to the same challenge"), told.StartsWith("OK", StringComparison.Ordinal));
    }

    string? Certificate(string with)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (with is "a certificate of a member that was removed")
            new ClusterBook(_daemon.Home).Remove([MemberRemoval.Of(_cluster, _self.Id)]);
        return with switch
        {
            "a certificate of a member" or "a certificate of a member that was removed" => MemberCertificate.Issue(_cluster, _self.Id, now).ToString(),
            "a certificate that has expired" => MemberCertificate.Issue(_cluster, _self.Id, now - MemberCertificate.Lifetime - TimeSpan.FromDays(1)).ToString(),
            "a certificate of another cluster" => MemberCertificate.Issue(ClusterKey.New(), _self.Id, now).ToString(),
            "a certificate of another node" => MemberCertificate.Issue(_cluster, NodeCertificate.Create().Id, now).ToString(),
            _ => null,
        };
    }

    PeerAsker Asker(string? certificate) => new(_daemon.Address, _self, certificate, overTls: true, Cancelled);

    static CommitId Commit(FakeRepo repo, FileContent content) => repo.Commit(new Dictionary<string, FileContent> { ["model.bin"] = content });

    async Task<long> ServedAsync()
    {
        using var control = new ControlClient(_daemon.Socket, "1.2.3");
        return (await control.StatusAsync(Cancelled))!.ServedBytes;
    }
}
