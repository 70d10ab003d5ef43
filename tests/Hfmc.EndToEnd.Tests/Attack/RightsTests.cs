using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Attack;

/// <summary>
/// A daemon with a gated model, and a machine that asks it for the weights with every kind of right or pretence that the peer protocol
/// knows: what hfmc itself never does, so by hand. Who gets what between two honest machines is in the tests of the guide.
/// </summary>
public sealed class RightsTests : NodeTest
{
    const string Model = "acme/model", Other = "acme/other", Token = "hf_ofTheOwnerAndNobodyElse";

    static readonly PatternContent Weights = new(300_000, seed: 81), Earlier = new(300_000, seed: 82), Others = new(300_000, seed: 83);

    readonly NodeCertificate _self = NodeCertificate.Create();
    FakeHub _hub = null!;
    HfmcNode _daemon = null!;
    FakeRepo _model = null!, _other = null!;
    CommitId _commit, _earlier, _others;
    ClusterKey _cluster = null!;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        (_model, _other) = (_hub.Add(Model).KeepInLfs("model.bin").Allow(Token), _hub.Add(Other).KeepInLfs("model.bin").Allow(Token));
        (_model.Gated, _other.Gated) = (true, true);
        _earlier = Publish(_hub, Model, ("model.bin", Earlier));
        _commit = Publish(_hub, Model, ("model.bin", Weights));
        _others = Publish(_hub, Other, ("model.bin", Others));
        _daemon = Node("daemon").At(_hub.Endpoint).With("HF_TOKEN", Token);
        _cluster = ClusterKey.Parse((await _daemon.RunAsync("cluster", "new")).Succeeded().LastLine)!;
        await _daemon.AddAsync(Model);
        await _daemon.AddAsync(Model, "--revision", _earlier.Text);
        await _daemon.AddAsync(Other);
        await _daemon.StartDaemonAsync();
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
        using var asker = Asker(await CertificateAsync(with));
        await ProveAsync(with, asker);
        var fromHub = _hub.BytesServed();

        using var answer = await asker.OpenAsync(new("GET", $"/blobs/{Weights.Sha256}"));
        var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);

        Assert.Equal(opens, answer.IsSuccessStatusCode);
        Assert.Equal(opens, body.AsSpan().SequenceEqual(Weights.ToArray()));
        Assert.Equal(opens ? Weights.Size : 0, (await _daemon.StatusAsync()).GetProperty("served_bytes").GetInt64());
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
        var server = new NodeIdentity(HomePaths.From(new(_daemon.Environment))).ReadOrCreate().Id;
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

    async Task<string?> CertificateAsync(string with)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (with is "a certificate of a member that was removed")
            (await _daemon.RunAsync("cluster", "remove", _self.Id.Text)).Succeeded();
        return with switch
        {
            "a certificate of a member" or "a certificate of a member that was removed" => MemberCertificate.Issue(_cluster, _self.Id, now).ToString(),
            "a certificate that has expired" => MemberCertificate.Issue(_cluster, _self.Id, now - MemberCertificate.Lifetime - TimeSpan.FromDays(1)).ToString(),
            "a certificate of another cluster" => MemberCertificate.Issue(ClusterKey.New(), _self.Id, now).ToString(),
            "a certificate of another node" => MemberCertificate.Issue(_cluster, NodeCertificate.Create().Id, now).ToString(),
            _ => null,
        };
    }

    PeerAsker Asker(string? certificate) => new(new("127.0.0.1", _daemon.Port), _self, certificate, overTls: true, Cancelled);
}
