using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>With no upstream this cache answers, then the peers, at once and in words that clients do not try again.</summary>
public sealed class OfflineAnswersTests : HubTest
{
    readonly ManualTime _time = new();
    FakeRepo _repo = null!;
    CommitId _commit;

    private protected override TimeProvider Time => _time;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _repo = Upstream.Add("acme/tiny").Allow("hf_member");
        _commit = _repo.Commit(new Dictionary<string, byte[]> { ["config.json"] = "{}"u8.ToArray(), ["sub/model.bin"] = new byte[2000] });
    }

    [Fact]
    public async Task A_model_that_was_added_once_starts_without_an_upstream_and_nobody_is_asked_again_and_again()
    {
        Daemon.Put(_repo, _commit, isPublic: true);
        var broken = Upstream.Faults.Add(new Fault(FaultKind.ResetAfter) { Path = "/" });

        string[] targets = ["/api/models/acme/tiny/revision/main", "/api/models/acme/tiny", "/api/models/acme/tiny/tree/main?recursive=true", "/api/models/acme/tiny/refs", "/acme/tiny/resolve/main/config.json"];
        for (var storm = 0; storm < 20; storm++)
            Assert.All(await Task.WhenAll(targets.Select(target => AskAsync(target))), answer => Assert.Equal((200, "cache"), (answer.Status, answer.From)));

        // The first that come at one time each ask something else; after them none does.
        Assert.InRange(broken.Strikes, 1, targets.Length);
        _time.Advance(TimeSpan.FromSeconds(31));
        for (var storm = 0; storm < 20; storm++)
            await Task.WhenAll(targets.Select(target => AskAsync(target)));
        Assert.InRange(broken.Strikes, 2, targets.Length + 1);
    }

    [Fact]
    public async Task An_upstream_that_hangs_is_not_waited_for_when_the_answer_is_here()
    {
        Daemon.Put(_repo, _commit, isPublic: true);
        var hang = Upstream.Faults.Add(new Fault(FaultKind.HangAfter) { Path = "/api" });

        var idle = _time.TimersPending;
        var asking = AskAsync("/api/models/acme/tiny/revision/main");
        await hang.Struck.WaitAsync(Cancelled);
        // The glance, the patience, and the watch for silence.
        await _time.WaitForTimersAsync(idle + 3, Cancelled);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("cache", (await asking).From);
        _time.Advance(TimeSpan.FromSeconds(8));
        while (_time.TimersPending > idle)
            await Task.Yield();

        // It has had its time, so the next are answered at once, without the clock.
        Assert.Equal("cache", (await AskAsync("/api/models/acme/tiny/revision/main")).From);
        Assert.Equal("cache", (await AskAsync("/api/models/acme/tiny/tree/main")).From);
        Assert.Equal(1, hang.Strikes);

        // Nor is one held up by the next try.
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("cache", (await AskAsync("/api/models/acme/tiny/revision/main")).From);
        Assert.Equal("cache", (await AskAsync("/acme/tiny/resolve/main/config.json")).From);
        while (hang.Strikes is 1)
            await Task.Yield();
    }

    [Fact]
    public async Task It_is_asked_again_once_it_is_back()
    {
        Daemon.Put(_repo, _commit, isPublic: true);
        await Upstream.StopAsync();
        Assert.Equal("cache", (await AskAsync("/api/models/acme/tiny/revision/main")).From);
        await Upstream.RestartAsync(cancellationToken: Cancelled);
        Assert.Equal("cache", (await AskAsync("/api/models/acme/tiny/revision/main")).From);

        _time.Advance(TimeSpan.FromSeconds(31));

        // In the background: the first that ask need not be those that see it.
        while ((await AskAsync("/api/models/acme/tiny/revision/main")).From is not "upstream")
            await Task.Yield();
    }

    [Theory]
    [InlineData("/api/models/acme/tiny")]
    [InlineData("/api/models/acme/tiny/revision/main")]
    [InlineData("/api/models/acme/tiny/tree/main")]
    [InlineData("/api/models/acme/tiny/refs")]
    [InlineData("/api/models/acme/tiny/commits/main")]
    [InlineData("/api/models/acme/tiny/auth-check")]
    [InlineData("/acme/tiny/resolve/main/config.json")]
    [InlineData("/acme/tiny/raw/main/config.json")]
    public async Task What_nobody_can_answer_is_not_found_and_no_error_of_the_server(string target)
    {
        Upstream.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/" });

        var answer = await AskAsync(target);

        Assert.Equal((404, "RepoNotFound"), (answer.Status, answer.Code));
        Assert.Contains("no upstream answers", answer["X-Error-Message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_upstream_asks_to_wait_the_client_is_told_for_how_long()
    {
        var busy = Upstream.Faults.Add(new Fault(FaultKind.TooManyRequests) { Path = "/", Delay = TimeSpan.FromSeconds(40) });

        var first = await AskAsync("/api/models/acme/tiny");
        _time.Advance(TimeSpan.FromSeconds(15));
        var second = await AskAsync("/api/models/acme/tiny");

        Assert.Equal((429, 429), (first.Status, second.Status));
        Assert.InRange(int.Parse(first["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture), 40, 41);
        Assert.InRange(int.Parse(second["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture), 25, 26);
        Assert.Equal(1, busy.Strikes);
    }

    [Fact]
    public async Task Peers_answer_what_is_not_here()
    {
        await using var peer = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        Daemon.Know(peer);
        await Upstream.StopAsync();

        var info = await AskAsync("/api/models/acme/tiny/revision/main?blobs=true");
        var tree = await AskAsync("/api/models/acme/tiny/tree/main?recursive=true");

        Assert.Equal((200, "peers"), (info.Status, info.From));
        Assert.Equal((_commit.Text, 2), ((string?)info.Json["sha"], info.Json["siblings"]!.AsArray().Count));
        Assert.Equal(["config.json", "sub", "sub/model.bin"], tree.Json.AsArray().Select(entry => (string?)entry!["path"]));
        Assert.Equal(_commit.Text, (string?)(await AskAsync("/api/models/acme/tiny/refs")).Json["branches"]![0]!["targetCommit"]);
        Assert.DoesNotContain(peer.Headers, header => header.StartsWith("Authorization", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_is_not_known_to_be_public_is_not_shown_unless_the_owner_allows_it()
    {
        _repo.Private = true;
        Daemon.Put(_repo, _commit, isPublic: false);
        await Upstream.StopAsync();
        string[] targets = ["/api/models/acme/tiny/revision/main", $"/api/models/acme/tiny/revision/{_commit}", "/acme/tiny/resolve/main/config.json", "/api/models/acme/tiny/tree/main"];
        foreach (var target in targets)
            Assert.Equal((404, "RepoNotFound"), await LookAsync(target));

        await Daemon.SetAsync("hub.offline-restricted", "allow");

        foreach (var target in targets)
            Assert.Equal((200, null), await LookAsync(target));
        Assert.True((bool?)(await AskAsync(targets[0])).Json["private"]);
    }

    [Fact]
    public async Task What_the_upstream_said_of_a_repo_is_kept_with_its_files()
    {
        Daemon.Put(_repo, _commit, isPublic: true, withInfo: false);
        var fresh = (await AskAsync("/api/models/acme/tiny/revision/main?blobs=true")).Json;
        await Upstream.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(11));

        var kept = await AskAsync($"/api/models/acme/tiny/revision/{_commit}?blobs=true");

        Assert.Equal("cache", kept.From);
        Assert.Equal(fresh.ToJsonString(), kept.Json.ToJsonString());
        Assert.Equal(["_id", "id", "lastModified"], (await AskAsync("/api/models/acme/tiny?expand=lastModified")).Json.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_search_finds_what_is_here_and_public()
    {
        Daemon.Put("acme/tiny", isPublic: true, ("a.bin", BytesContent.Of("a")));
        Daemon.Put("acme/tiny-secret", isPublic: false, ("a.bin", BytesContent.Of("a")));
        await Upstream.StopAsync();

        Assert.Equal(["acme/tiny"], (await AskAsync("/api/models?search=TINY")).Json.AsArray().Select(repo => (string?)repo!["id"]));
    }

    async Task<(int, string?)> LookAsync(string target)
    {
        var answer = await AskAsync(target, "hf_member");
        return (answer.Status, answer.Code);
    }
}
