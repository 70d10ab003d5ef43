using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>A mirror and the token's home, in this order, and sometimes peers.</summary>
public sealed partial class RepoLookupTests : IAsyncLifetime
{
    const string Token = "hf_secret";

    static readonly RepoId Repo = RepoId.Parse("acme/tiny");

    readonly HttpMessageInvoker _http = HubTransport.Create(), _peerHttp = PeerClient.CreateTransport();
    readonly ManualTime _time = new();
    readonly List<string> _warnings = [];
    FakeHub _mirror = null!, _home = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (_mirror, _home) = (await FakeHub.StartAsync(new() { Style = HubStyle.Direct }, Cancelled), await FakeHub.StartAsync(null, Cancelled));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _peerHttp.Dispose();
        await _mirror.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_yes_counts_and_the_others_are_not_asked()
    {
        var commit = Publish(_mirror);
        Publish(_home);

        var listing = await FindAsync();

        Assert.Equal((commit, true, ListingOrigin.Upstream), (listing.Snapshot.Commit, listing.IsPublic, listing.Origin));
        Assert.Equal(2, listing.Hubs.Count);
        Assert.Empty(_home.Requests);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_repo_that_the_mirror_does_not_know_comes_from_the_home_and_its_bytes_too()
    {
        var commit = Publish(_home);

        var listing = await FindAsync();

        Assert.Equal(commit, listing.Snapshot.Commit);
        Assert.Equal([SourceKind.Hub], listing.Hubs.Select(hub => hub.Upstream.Kind));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_private_repo_is_found_with_the_token_at_its_home_and_the_mirror_never_sees_it()
    {
        var commit = Publish(_home, repo => repo.Allow(Token).Private = true);

        var listing = await FindAsync(token: Token);

        Assert.Equal((commit, false), (listing.Snapshot.Commit, listing.IsPublic));
        Assert.NotEmpty(_mirror.Requests);
        Assert.All(_mirror.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_repo_that_only_a_token_opens_is_never_public_even_when_the_hub_forgets_to_say_so()
    {
        await using var home = await ScriptedServer.StartAsync(async http =>
        {
            if (http.Request.Headers.Authorization.Count is 0)
            {
                http.Response.StatusCode = 401;
                return;
            }

            var json = http.Request.Path.Value!.Contains("/tree/", StringComparison.Ordinal) ? "[]" : $$"""{"sha":"{{new string('a', 40)}}","private":false,"gated":false}""";
            await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(json), Cancelled);
        }, Cancelled);

        Assert.False((await FindAsync([Client(home.Endpoint, SourceKind.Hub, Token)])).IsPublic);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_gated_repo_is_listed_but_is_not_public()
    {
        Publish(_mirror, repo => repo.Gated = true);

        Assert.False((await FindAsync()).IsPublic);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_nobody_knows_is_not_found() =>
        Assert.Contains("acme/tiny", (await Assert.ThrowsAsync<NotFoundException>(() => FindAsync())).Message);

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_revision_is_named()
    {
        Publish(_home);
        Publish(_mirror);

        var error = await Assert.ThrowsAsync<NotFoundException>(() => FindAsync(revision: "v9"));

        Assert.Contains("no revision v9", error.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(451)]
    public async Task When_the_mirror_refuses_and_the_home_knows_no_such_repo_it_is_not_found(int status)
    {
        await using var mirror = await RefusingAsync(status);

        await Assert.ThrowsAsync<NotFoundException>(() => FindAsync([Client(mirror.Endpoint, SourceKind.Mirror), Home()]));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task When_the_mirror_says_no_and_the_home_does_not_answer_nobody_has_decided(int status)
    {
        await using var mirror = await RefusingAsync(status);
        await _home.StopAsync();

        await Assert.ThrowsAsync<OfflineException>(() => FindAsync([Client(mirror.Endpoint, SourceKind.Mirror), Home()]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_home_that_knows_no_such_repo_is_believed_although_the_mirror_is_down()
    {
        await _mirror.StopAsync();
        var begun = _time.GetTimestamp();

        await Assert.ThrowsAsync<NotFoundException>(() => FindAsync());

        // Not the 30 s that trouble without an answer is waited for.
        Assert.InRange(_time.GetElapsedTime(begun).TotalSeconds, 0, 25);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_short_commit_is_looked_for_in_the_history()
    {
        var commit = Publish(_home);

        Assert.Equal(commit, (await FindAsync([Home()], revision: commit.Text[..9])).Snapshot.Commit);
        await Assert.ThrowsAsync<NotFoundException>(() => FindAsync([Home()], revision: "0123456"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_token_that_is_no_good_does_not_stand_in_the_way_of_a_public_repo()
    {
        var commit = Publish(_home);

        var listing = await FindAsync([Home("hf_expired")]);

        Assert.Equal((commit, true), (listing.Snapshot.Commit, listing.IsPublic));
        Assert.Contains("does not accept the token", Assert.Single(_warnings));
    }

    [Fact(Timeout = 120_000)]
    public async Task Trouble_that_passes_is_waited_for()
    {
        var commit = Publish(_home);
        _home.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/", Times = 3 });

        Assert.Equal(commit, (await FindAsync([Home()])).Snapshot.Commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Trouble_that_does_not_pass_ends_after_thirty_seconds()
    {
        var begun = _time.GetTimestamp();
        var fault = _home.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/" });

        await Assert.ThrowsAsync<OfflineException>(() => FindAsync([Home()]));

        Assert.InRange(_time.GetElapsedTime(begun), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
        Assert.InRange(fault.Strikes, 3, 9);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_is_waited_for_even_while_another_upstream_is_asked_again_and_again()
    {
        var begun = _time.GetTimestamp();
        var limit = _home.Faults.Add(new Fault(FaultKind.TooManyRequests) { Path = "/", Delay = TimeSpan.FromSeconds(12), Times = 1 });
        _mirror.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/" });
        var commit = Publish(_home);

        var listing = await FindAsync();

        Assert.Equal((commit, 1), (listing.Snapshot.Commit, limit.Strikes));
        Assert.InRange(_time.GetElapsedTime(begun), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(60));
    }

    [Fact(Timeout = 120_000)]
    public async Task Come_back_at_once_is_no_reason_to_ask_without_end()
    {
        var asked = 0;
        await using var hub = await ScriptedServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "0";
            return Task.CompletedTask;
        }, Cancelled);

        await Assert.ThrowsAsync<OfflineException>(() => FindAsync([Client(hub.Endpoint, SourceKind.Hub)]));

        Assert.InRange(asked, 3, 12);
    }

    static CommitId Publish(FakeHub hub, Action<FakeRepo>? shape = null)
    {
        var repo = hub.Add(Repo.Id);
        shape?.Invoke(repo);
        return repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("a") });
    }

    static Task<ScriptedServer> RefusingAsync(int status) =>
        ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        }, Cancelled);

    HubClient Home(string? token = null) => Client(_home.Endpoint, SourceKind.Hub, token);

    HubClient Client(Uri endpoint, SourceKind kind, string? token = null) =>
        new(new(endpoint, kind, AccessToken.TryParse(token, out var parsed) ? parsed : null), _http, _time, "hfmc/test", null);

    async Task<RepoListing> FindAsync(IReadOnlyList<HubClient>? hubs = null, string revision = "main", string? token = null, TestPeer[]? peers = null)
    {
        var neighbours = peers is null ? null
            : await Neighbours.GreetAsync(new(_peerHttp, _time, null), [.. peers.Select(peer => peer.Address)], null, _time, Cancelled);
        var lookup = new RepoLookup(hubs ?? [Client(_mirror.Endpoint, SourceKind.Mirror), Home(token)], neighbours, _time, _warnings.Add);
        return await _time.SkipRestsAsync(lookup.FindAsync(Repo, Revision.Parse(revision), Cancelled), Cancelled);
    }
}
