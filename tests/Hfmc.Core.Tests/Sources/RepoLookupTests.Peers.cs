using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

public sealed partial class RepoLookupTests
{
    [Fact(Timeout = 120_000)]
    public async Task When_no_upstream_answers_the_peers_are_asked()
    {
        await using var peer = await TestPeer.StartAsync(Cancelled);
        var commit = Publish(_home);
        peer.Share(_home.Add(Repo.Id), commit, "main");
        await _home.StopAsync();
        await _mirror.StopAsync();

        var listing = await FindAsync(peers: [peer]);

        Assert.Equal((commit, false, ListingOrigin.Peers), (listing.Snapshot.Commit, listing.IsPublic, listing.Origin));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_knows_only_a_part_is_told_beside_the_upstreams_that_are_silent()
    {
        await using var peer = await TestPeer.StartAsync(Cancelled);
        peer.Share(_home.Add(Repo.Id), Publish(_home), "main").Twist = snapshot => snapshot with { Partial = true };
        await _home.StopAsync();

        var error = await Assert.ThrowsAsync<OfflineException>(() => FindAsync([Home()], peers: [peer]));

        Assert.Contains("no upstream answers (", error.Message);
        Assert.Contains("only some of its files", error.Message);
        Assert.DoesNotContain("only some", error.Cause);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_repo_that_no_upstream_knows_may_be_known_to_a_peer()
    {
        await using var peer = await TestPeer.StartAsync(Cancelled);
        var repo = new HubContent(TimeProvider.System, 1 << 20).Add(Repo.Id);
        var commit = repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("imported") });
        peer.Share(repo, commit, "main");

        var listing = await FindAsync(peers: [peer]);

        Assert.Equal((commit, ListingOrigin.Peers), (listing.Snapshot.Commit, listing.Origin));
        Assert.Empty(listing.Hubs);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_revision_that_an_upstream_denies_is_not_taken_from_peers()
    {
        await using var peer = await TestPeer.StartAsync(Cancelled);
        peer.Share(_home.Add(Repo.Id), Publish(_home), "old");

        await Assert.ThrowsAsync<NotFoundException>(() => FindAsync(revision: "old", peers: [peer]));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_peer_said_wrong_is_part_of_the_error()
    {
        await using var peer = await TestPeer.StartAsync(Cancelled);
        peer.Share(_home.Add(Repo.Id), Publish(_home), "main").Twist = snapshot => snapshot with { Files = [snapshot.Files[0] with { Path = "" }] };

        var error = await Assert.ThrowsAsync<OfflineException>(() => FindAsync([], peers: [peer]));

        Assert.Contains($"{peer.Address}", error.Message);
        Assert.Contains("without a name", error.Message);
    }
}
