using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Who sees what is not public: members of the cluster that prove it. For all others it does not exist.</summary>
public sealed class MembersTests : IAsyncLifetime
{
    static readonly BytesContent Secret = BytesContent.Of("not for everybody"), Open = BytesContent.Of("for everybody");

    readonly TempFolder _folder = new();
    readonly NodeCertificate _asker = NodeCertificate.Create();
    readonly ClusterKey _cluster = ClusterKey.New();
    DaemonRig _daemon = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _daemon = await DaemonRig.StartAsync();
        _commit = _daemon.Put("acme/secret", isPublic: false, ("model.bin", Secret));
        PutAsPythonDoes();
        _daemon.Put("acme/open", isPublic: true, ("model.bin", Open));
        new ClusterBook(_daemon.Home).Join(_cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>What an asker may come with, and whether that opens anything.</summary>
    public static TheoryData<string, bool> Askers => new()
    {
        { "a member", true },
        { "nobody", false },
        { "a node without a certificate of a member", false },
        { "another cluster", false },
        { "a certificate that has expired", false },
        { "a certificate that begins in the future", false },
        { "the certificate of another node", false },
        { "a member without TLS", false },
        { "a member that shows no key", false },
        { "a member that was removed", false },
        { "a certificate that is none", false },
        { "a certificate of other letters", false },
    };

    [Theory]
    [MemberData(nameof(Askers))]
    public async Task Members_see_it_and_for_all_others_it_is_not_there(string who, bool sees)
    {
        var asker = Asker(who);
        foreach (var (known, unknown) in Questions())
        {
            var (there, nowhere) = (await asker.AskAsync(known), await asker.AskAsync(unknown));
            if (sees)
                Assert.NotEqual(nowhere, there);
            else
                Assert.Equal(nowhere, there);
        }
        var bytes = await asker.AskAsync(new("GET", $"/blobs/{Secret.Sha256}"));
        Assert.Equal(sees, bytes.Contains("not for everybody", StringComparison.Ordinal));
        Assert.Contains("for everybody", await asker.AskAsync(new("GET", $"/blobs/{Open.Sha256}")), StringComparison.Ordinal);
        Assert.Equal(sees, (await asker.AskAsync(new("POST", "/cluster", """{"certificate":"x"}"""))).StartsWith("OK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_is_removed_while_it_asks_sees_nothing_any_more()
    {
        var asker = Asker("a member");
        Assert.StartsWith("OK", await asker.AskAsync(new("GET", $"/blobs/{Secret.Sha256}")), StringComparison.Ordinal);

        new ClusterBook(_daemon.Home).Remove([MemberRemoval.Of(_cluster, _asker.Id)]);

        Assert.StartsWith("NotFound", await asker.AskAsync(new("GET", $"/blobs/{Secret.Sha256}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_leaves_its_cluster_shows_nothing_to_those_who_stay()
    {
        var asker = Asker("a member");
        new ClusterBook(_daemon.Home).Leave();

        Assert.StartsWith("NotFound", await asker.AskAsync(new("GET", $"/blobs/{Secret.Sha256}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_meet_and_tell_each_other_who_was_removed()
    {
        var (home, gone) = (HomeOf("other"), NodeId.New());
        var (client, pass) = MemberAt(home, _cluster);
        new ClusterBook(home).Remove([MemberRemoval.Of(_cluster, gone)]);

        await client.HelloAsync(_daemon.Address, Cancelled);
        var listing = await client.FindAsync(_daemon.Address, RepoId.Parse("acme/secret"), Revision.Main, Cancelled);

        Assert.Equal(_commit, listing!.Snapshot.Commit);
        Assert.Contains(gone, new ClusterBook(_daemon.Home).Read()!.Removed.Keys);
        Assert.NotNull(pass.Own());
    }

    [Fact]
    public async Task Members_of_two_clusters_ask_each_other_nothing()
    {
        var (client, _) = MemberAt(HomeOf("other"), ClusterKey.New());

        var met = await Assert.ThrowsAsync<SourceException>(() => client.HelloAsync(_daemon.Address, Cancelled));
        var asked = await Assert.ThrowsAsync<SourceException>(() => client.FindAsync(_daemon.Address, RepoId.Parse("acme/secret"), Revision.Main, Cancelled));

        Assert.Equal((SourceFault.Missing, SourceFault.Missing), (met.Fault, asked.Fault));
        Assert.Contains("no member", met.Message, StringComparison.Ordinal);
        Assert.Contains("not a member", asked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_members_want_is_told_to_members_alone()
    {
        // The daemon's own clients follow what is not public among members; a stranger that guesses the name of the blob hears of nobody.
        var member = Asker("a member");
        using var following = await member.OpenAsync(new("POST", "/follow", $$"""{"etags":["{{Secret.Sha256}}"],"port":4711}"""));
        var stranger = Asker("nobody");

        using var told = await stranger.OpenAsync(new("POST", "/follow", $$"""{"etags":["{{Secret.Sha256}}","{{Open.Sha256}}"]}"""));
        using var lines = new StreamReader(await told.Content.ReadAsStreamAsync(Cancelled));
        var line = await lines.ReadLineAsync(Cancelled);

        Assert.Contains(Open.Sha256.Text, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret.Sha256.Text, line, StringComparison.Ordinal);
        Assert.DoesNotContain("members", line, StringComparison.Ordinal);
    }

    // Each about something that is here and not public, and the same about something that is nowhere.
    IEnumerable<(Question Known, Question Unknown)> Questions()
    {
        var other = BytesContent.Of("nowhere").Sha256;
        yield return (new("GET", "/snapshot?repo=models/acme/secret&revision=main"), new("GET", "/snapshot?repo=models/acme/none&revision=main"));
        yield return (new("GET", $"/snapshot?repo=models/acme/secret&revision={_commit}"), new("GET", $"/snapshot?repo=models/acme/none&revision={_commit}"));
        yield return (new("GET", "/snapshot?repo=models/acme/python&revision=main"), new("GET", "/snapshot?repo=models/acme/none&revision=main"));
        yield return (new("POST", "/blobs", $$"""{"etags":["{{Secret.Sha256}}"]}"""), new("POST", "/blobs", $$"""{"etags":["{{other}}"]}"""));
        yield return (new("GET", $"/blobs/{Secret.Sha256}"), new("GET", $"/blobs/{other}"));
        yield return (new("HEAD", $"/blobs/{Secret.Sha256}"), new("HEAD", $"/blobs/{other}"));
        yield return (new("GET", $"/blobs/{Secret.Sha256}") { Range = new(0, 3) }, new("GET", $"/blobs/{other}") { Range = new(0, 3) });
        yield return (new("POST", "/bundle", $$"""{"etags":["{{Secret.Sha256}}"]}"""), new("POST", "/bundle", $$"""{"etags":["{{other}}"]}"""));
    }

    // With a list of its files, and no record of this program.
    void PutAsPythonDoes()
    {
        var repo = RepoId.Parse("acme/python");
        var commit = _daemon.Put(repo.Id, isPublic: true, ("model.bin", Secret));
        new SnapshotWriter(_daemon.Cache, repo).WriteTree(new(repo, commit, [new(FilePath.Parse("model.bin"), new(Secret.Sha256, Secret.Size))]));
        _daemon.Records.Delete(repo, commit);
    }

    PeerAsker Asker(string who)
    {
        var good = MemberCertificate.Issue(_cluster, _asker.Id, Now).ToString();
        if (who is "a member that was removed")
            new ClusterBook(_daemon.Home).Remove([MemberRemoval.Of(_cluster, _asker.Id)]);
        return who switch
        {
            "a member" or "a member that was removed" => new(_daemon.Address, _asker, good, overTls: true, Cancelled),
            "nobody" => new(_daemon.Address, null, null, overTls: false, Cancelled),
            "a node without a certificate of a member" => new(_daemon.Address, _asker, null, overTls: true, Cancelled),
            "another cluster" => new(_daemon.Address, _asker, MemberCertificate.Issue(ClusterKey.New(), _asker.Id, Now).ToString(), overTls: true, Cancelled),
            "a certificate that has expired" => new(_daemon.Address, _asker, MemberCertificate.Issue(_cluster, _asker.Id, Now - TimeSpan.FromDays(31)).ToString(), overTls: true, Cancelled),
            "a certificate that begins in the future" => new(_daemon.Address, _asker, MemberCertificate.Issue(_cluster, _asker.Id, Now + TimeSpan.FromDays(3)).ToString(), overTls: true, Cancelled),
            "the certificate of another node" => new(_daemon.Address, NodeCertificate.Create(), good, overTls: true, Cancelled),
            "a member without TLS" => new(_daemon.Address, _asker, good, overTls: false, Cancelled),
            "a member that shows no key" => new(_daemon.Address, null, good, overTls: true, Cancelled),
            "a certificate of other letters" => new(_daemon.Address, _asker, new string('=', good.Length), overTls: true, Cancelled),
            "a certificate that is none" => new(_daemon.Address, _asker, new string('A', good.Length), overTls: true, Cancelled),
            _ => throw new ArgumentOutOfRangeException(nameof(who), who, "nobody that the test knows"),
        };
    }

    HomePaths HomeOf(string name) => HomePaths.From(new(new Dictionary<string, string> { ["HOME"] = _folder.Folder(name), ["HFMC_MACHINE_ID"] = name }));

    (PeerClient Client, ClusterPass Pass) MemberAt(HomePaths home, ClusterKey key)
    {
        var self = new NodeIdentity(home).ReadOrCreate();
        new ClusterBook(home).Join(key);
        var pass = new ClusterPass(new(home), self.Id, TimeProvider.System);
        var trust = new PeerTrust(self, TlsChoice.Restricted, home, TimeProvider.System);
        return (new PeerClient(PeerClient.CreateTransport(self), TimeProvider.System, self.Id, trust).ForMembers(pass), pass);
    }
}
