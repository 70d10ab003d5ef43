using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>Files of which only a peer knows, and it knows some of them only.</summary>
public sealed class PartialPeersTests : HubTest
{
    readonly FakeRepo _repo = new HubContent(TimeProvider.System, lfsThreshold: 1 << 20).Add("acme/big");
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _commit = _repo.Commit(new[] { "a.txt", "b.txt", "c.txt" }.ToDictionary(name => name, FileContent (name) => BytesContent.Of($"in {name}")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_the_part_names_is_given_and_another_is_not_here(bool isUpstreamAway)
    {
        await using var peer = await ShareAsync(_repo, _commit, "a.txt", "b.txt");
        if (isUpstreamAway)
            await Upstream.StopAsync();
        var unknown = await AskAsync("/acme/none/resolve/main/c.txt");

        foreach (var revision in (string[])["main", _commit.Text])
        {
            var given = await AskAsync($"/acme/big/resolve/{revision}/a.txt");
            Assert.Equal((200, "in a.txt", "peers"), (given.Status, given.Body, given.From));
            var other = await AskAsync($"/acme/big/resolve/{revision}/c.txt");
            Assert.Equal((unknown.Status, unknown.Code, unknown.Body.Replace("acme/none", "acme/big").Replace("main", revision)), (other.Status, other.Code, other.Body));
        }
        foreach (var list in (string[])["tree/main", "revision/main?blobs=true", "revision/main"])
            Assert.Equal((unknown.Status, "RepoNotFound"), await LookAsync($"/api/models/acme/big/{list}"));
    }

    [Fact]
    public async Task Of_what_is_here_in_part_a_peer_may_know_another_file()
    {
        Daemon.Put(_repo, _commit, isPublic: true);
        var record = Daemon.Records.Read(_repo.Id, _commit)!;
        Daemon.Records.Write(record with { Files = [.. record.Files.Where(file => file.File.Path.Text is "b.txt")], IsPartial = true });
        File.Delete(Daemon.Cache.Repo(_repo.Id).BlobFile(BytesContent.Of("in a.txt").GitSha1));
        await using var peer = await ShareAsync(_repo, _commit, "a.txt");
        await Upstream.StopAsync();

        Assert.Equal("in b.txt", (await AskAsync("/acme/big/resolve/main/b.txt")).Body);
        Assert.Equal("in a.txt", (await AskAsync("/acme/big/resolve/main/a.txt")).Body);
        Assert.Equal((404, "RepoNotFound"), await LookAsync("/acme/big/resolve/main/c.txt"));
        Assert.Equal((404, "RepoNotFound"), await LookAsync("/api/models/acme/big/tree/main"));
    }

    [Fact]
    public async Task What_the_upstream_said_before_is_not_hidden_by_a_part()
    {
        var repo = Upstream.Add("acme/big");
        var commit = repo.Commit(new[] { "a.txt", "b.txt", "c.txt" }.ToDictionary(name => name, FileContent (name) => BytesContent.Of($"in {name}")));
        await AskAsync("/api/models/acme/big/tree/main");
        await using var peer = await ShareAsync(repo, commit, "a.txt");
        await Upstream.StopAsync();

        Assert.Equal(3, (await AskAsync("/api/models/acme/big/tree/main")).Json.AsArray().Count);
        Assert.Equal("in a.txt", (await AskAsync("/acme/big/resolve/main/a.txt")).Body);
    }

    async Task<(int, string?)> LookAsync(string target)
    {
        var answer = await AskAsync(target);
        return (answer.Status, answer.Code);
    }

    async Task<TestPeer> ShareAsync(FakeRepo repo, CommitId commit, params string[] paths)
    {
        var peer = (await TestPeer.StartAsync(Cancelled)).Share(repo, commit, "main");
        peer.Twist = told => told with { Partial = true, Files = [.. told.Files.Where(file => paths.Contains(file.Path))] };
        Daemon.Know(peer);
        return peer;
    }
}
