using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Which proofs open what, for how long, and how often one may try.</summary>
public sealed class ReadingRightsTests : IAsyncLifetime
{
    static readonly PatternContent Weights = new(300_000, seed: 51), Others = new(300_000, seed: 52);

    static readonly IPAddress Address = IPAddress.Parse("192.168.1.7");

    readonly ManualTime _time = new();
    readonly NodeId _self = NodeId.New(), _asker = NodeId.New();
    DaemonRig _daemon = null!;
    ReadingRights _rights = null!;
    OpenRepos _opened = null!;
    CommitId _commit, _other;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _daemon = await DaemonRig.StartAsync();
        _commit = _daemon.Put("acme/secret", isPublic: false, ("model.bin", Weights));
        _other = _daemon.Put("acme/other", isPublic: false, ("model.bin", Others));
        _opened = new(_time);
        _rights = new(_daemon.Cache, _self, _opened, _ => null, _time);
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Who_has_read_the_repo_sees_it_for_ten_minutes()
    {
        Assert.True(await ProveAsync());

        Assert.Equal([(RepoId.Parse("acme/secret"), _commit)], _opened.OpenTo(_asker));
        Assert.Empty(_opened.OpenTo(NodeId.New()));
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.NotEmpty(_opened.OpenTo(_asker));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_opened.OpenTo(_asker));
    }

    [Fact]
    public async Task The_answer_proves_in_return_that_the_serving_node_has_read_it_too()
    {
        var subject = SubjectOf("acme/secret", _commit);
        var challenge = _rights.Challenge(_asker, Address, subject)!;
        var (nonce, bytes) = (Convert.FromHexString(challenge.Nonce), BytesAt(Weights, challenge));

        var answer = await _rights.TakeAsync(_asker, new(subject, challenge.Nonce, Mac(nonce, _asker, _self, subject, bytes)), Cancelled);

        Assert.Equal(Mac(nonce, _self, _asker, subject, bytes), answer?.Mac);
    }

    [Theory]
    [InlineData("bytes of something else")]
    [InlineData("one bit turned")]
    [InlineData("guessed")]
    [InlineData("for another node that asks")]
    [InlineData("for another node that serves")]
    [InlineData("for another nonce")]
    [InlineData("for another repo")]
    [InlineData("for another commit")]
    [InlineData("of a challenge that was for another node")]
    [InlineData("too late")]
    [InlineData("twice")]
    [InlineData("no digits")]
    [InlineData("nothing")]
    public async Task Any_other_proof_opens_nothing(string wrong)
    {
        var subject = SubjectOf("acme/secret", _commit);
        var challenge = _rights.Challenge(_asker, Address, subject)!;
        var nonce = Convert.FromHexString(challenge.Nonce);
        var bytes = BytesAt(Weights, challenge);
        var right = new PeerReadingProof(subject, challenge.Nonce, Mac(nonce, _asker, _self, subject, bytes));
        var asker = _asker;
        if (wrong is "too late")
            _time.Advance(TimeSpan.FromMinutes(3));
        if (wrong is "twice")
            Assert.False(await TakeAsync(asker, right with { Mac = new string('0', 64) }));
        if (wrong is "of a challenge that was for another node")
            asker = NodeId.New();
        var proof = wrong switch
        {
            "bytes of something else" => right with { Mac = Mac(nonce, _asker, _self, subject, BytesAt(Others, challenge)) },
            "one bit turned" => right with { Mac = Mac(nonce, _asker, _self, subject, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]) },
            "guessed" => right with { Mac = new string('7', 64) },
            "for another node that asks" => right with { Mac = Mac(nonce, NodeId.New(), _self, subject, bytes) },
            "for another node that serves" => right with { Mac = Mac(nonce, _asker, NodeId.New(), subject, bytes) },
            "for another nonce" => new(subject, new string('a', 64), Mac(Convert.FromHexString(new string('a', 64)), _asker, _self, subject, bytes)),
            "for another repo" => right with { Subject = SubjectOf("acme/other", _other) },
            "for another commit" => right with { Subject = SubjectOf("acme/secret", _other) },
            "of a challenge that was for another node" => right with { Mac = Mac(nonce, asker, _self, subject, bytes) },
            "no digits" => right with { Mac = new string('G', 64) },
            "nothing" => new(null!, null!, null!),
            _ => right,
        };

        Assert.False(await TakeAsync(asker, proof));
        Assert.Empty(_opened.OpenTo(asker));
    }

    [Fact]
    public async Task A_repo_of_which_a_file_is_missing_here_opens_to_nobody()
    {
        File.Delete(_daemon.Cache.Repo(RepoId.Parse("acme/secret")).BlobFile(Weights.Sha256));

        Assert.False(await ProveAsync());
    }

    [Fact]
    public async Task An_import_that_is_kept_private_opens_to_no_proof()
    {
        var record = _daemon.Records.Read(RepoId.Parse("acme/secret"), _commit)!;
        _daemon.Records.Write(record with { Origin = RepoOrigin.Imported });

        Assert.False(await ProveAsync());
    }

    [Fact]
    public async Task Who_fails_three_times_waits_for_an_hour_and_who_is_right_never()
    {
        for (var time = 0; time < 5; time++)
            Assert.True(await ProveAsync());
        for (var tries = 0; tries < ReadingRights.MostTries; tries++)
            Assert.NotNull(_rights.Challenge(_asker, Address, SubjectOf("acme/secret", _commit)));
        Assert.Null(_rights.Challenge(_asker, Address, SubjectOf("acme/none", _commit)));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(await ProveAsync());
    }

    [Fact]
    public void New_keys_from_one_address_are_no_new_tries()
    {
        for (var node = 0; node < ReadingRights.MostTriesOfAddress; node++)
            Assert.NotNull(_rights.Challenge(NodeId.New(), Address, SubjectOf("acme/secret", _commit)));

        Assert.Null(_rights.Challenge(NodeId.New(), Address, SubjectOf("acme/secret", _commit)));
        Assert.NotNull(_rights.Challenge(NodeId.New(), IPAddress.Parse("192.168.1.8"), SubjectOf("acme/secret", _commit)));
    }

    async Task<bool> ProveAsync()
    {
        var subject = SubjectOf("acme/secret", _commit);
        var challenge = _rights.Challenge(_asker, Address, subject)!;
        return await TakeAsync(_asker, new(subject, challenge.Nonce, Mac(Convert.FromHexString(challenge.Nonce), _asker, _self, subject, BytesAt(Weights, challenge))));
    }

    // A no comes after a fixed time.
    async Task<bool> TakeAsync(NodeId node, PeerReadingProof proof)
    {
        var taking = _rights.TakeAsync(node, proof, Cancelled);
        if (!taking.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(5));
        return await taking is not null;
    }

    static byte[] BytesAt(FileContent content, PeerReadingChallenge challenge)
    {
        var all = content.ToArray();
        return [.. ReadingPlaces.In([new(FilePath.Parse("model.bin"), new(content.Sha256, content.Size))], challenge.Places)!
            .SelectMany(place => all[(int)place.Range.Start..(int)place.Range.End])];
    }

    static string Mac(byte[] nonce, NodeId asker, NodeId server, string subject, byte[] bytes) => Convert.ToHexStringLower(ReadingProof.Compute(nonce, asker, server, subject, bytes));

    static string SubjectOf(string repo, CommitId commit) => ReadingProof.SubjectOf(RepoId.Parse(repo), commit);
}
