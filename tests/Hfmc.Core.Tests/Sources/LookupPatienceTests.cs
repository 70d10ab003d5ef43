using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>How long a lookup waits for whom, on a clock that moves from one pause to the next.</summary>
public sealed class LookupPatienceTests : IAsyncLifetime
{
    static readonly RepoId Repo = RepoId.Parse("acme/tiny");

    // Requests that are under way have 10 s, which must not pass: longer ones than these pauses are not waited for here.
    static readonly TimeSpan Pauses = TimeSpan.FromSeconds(3);

    readonly ManualTime _time = new();
    readonly HttpMessageInvoker _http = HubTransport.Create();
    readonly UpstreamBackoff _backoff;
    readonly List<string> _waits = [];
    readonly SemaphoreSlim _waited = new(0);
    FakeHub _mirror = null!, _home = null!;

    public LookupPatienceTests() => _backoff = new(_time);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    TimeSpan Passed => _time.GetElapsedTime(0);

    public async ValueTask InitializeAsync() =>
        (_mirror, _home) = (await FakeHub.StartAsync(cancellationToken: Cancelled), await FakeHub.StartAsync(cancellationToken: Cancelled));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _waited.Dispose();
        await _mirror.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Theory(Timeout = 20_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upstreams_that_refuse_are_asked_once_more_and_that_is_all(bool isHere)
    {
        await _mirror.StopAsync();
        await _home.StopAsync();

        var finding = FindAsync(isHere);
        await _waited.WaitAsync(Cancelled);
        await PassAsync(TimeSpan.FromSeconds(0.8));

        var error = await Assert.ThrowsAsync<OfflineException>(() => finding);
        Assert.Contains($"{_home.Endpoint.Authority} is not reached", error.Message, StringComparison.Ordinal);
        Assert.Contains("check the network", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("check the network", error.Cause, StringComparison.Ordinal);
        Assert.Contains("trying again in 1 s", Assert.Single(_waits), StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task An_upstream_that_was_refused_a_moment_ago_is_asked_once()
    {
        await _home.StopAsync();
        await FailAsync<OfflineException>(hubs: [Home]);
        var before = Passed;

        await FailAsync<OfflineException>(hubs: [Home]);

        Assert.Equal(before, Passed);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_name_that_nobody_knows_ends_as_soon()
    {
        await FailAsync<OfflineException>(hubs: [Client(new("http://hub.invalid"), SourceKind.Hub)]);

        Assert.InRange(Passed.TotalSeconds, 0.5, 1);
    }

    [Fact(Timeout = 20_000)]
    public async Task An_upstream_that_is_being_restarted_is_found()
    {
        var commit = Publish(_home);
        await _home.StopAsync();
        var finding = FindAsync(hubs: [Home]);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Cancelled);

        await _home.RestartAsync(cancellationToken: Cancelled);

        Assert.Equal(commit, (await RunAsync(finding)).Snapshot.Commit);
    }

    [Fact(Timeout = 20_000)]
    public async Task While_one_is_in_trouble_that_may_pass_one_that_refuses_is_not_given_up()
    {
        var commit = Publish(_mirror);
        await _mirror.StopAsync();
        _home.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/", Times = 3 });
        var finding = FindAsync();
        for (var pause = 0; pause < 3; pause++)
        {
            await _waited.WaitAsync(Cancelled);
            if (pause is 2)
                await _mirror.RestartAsync(cancellationToken: Cancelled);
            await PassAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(commit, (await finding).Snapshot.Commit);
    }

    [Fact(Timeout = 20_000)]
    public async Task What_is_here_waits_less_than_three_seconds_for_upstreams_that_are_silent()
    {
        await using var silent = await SilentAsync();

        var error = await FailAsync<OfflineException>(isHere: true, [Client(silent.Endpoint, SourceKind.Mirror), Client(silent.Endpoint, SourceKind.Hub)]);

        Assert.Equal(2.5, Passed.TotalSeconds);
        Assert.Contains("has not answered", error.Cause, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task And_when_it_is_known_that_they_are_silent_a_third_of_a_second()
    {
        await using var silent = await SilentAsync();
        HubClient[] hubs = [Client(silent.Endpoint, SourceKind.Mirror), Client(new(silent.Endpoint, "hub/"), SourceKind.Hub)];
        await FailAsync<OfflineException>(isHere: true, hubs);
        var before = Passed;

        await FailAsync<OfflineException>(isHere: true, hubs);

        Assert.InRange((Passed - before).TotalSeconds, 0, 0.3);
    }

    [Fact(Timeout = 20_000)]
    public async Task One_that_was_away_and_is_back_is_heard_at_once()
    {
        var commit = Publish(_home);
        await _home.StopAsync();
        await FailAsync<OfflineException>(isHere: true, [Home]);
        await _home.RestartAsync(cancellationToken: Cancelled);

        Assert.Equal(commit, (await FindAsync(isHere: true, [Home])).Snapshot.Commit);
        Assert.False(_backoff.IsInDoubt(Home.Upstream));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_silent_mirror_does_not_hide_a_home_that_answers()
    {
        var commit = Publish(_home);
        await using var silent = await SilentAsync();

        var finding = FindAsync(isHere: true, [Client(silent.Endpoint, SourceKind.Mirror), Home]);
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Cancelled);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(commit, (await finding).Snapshot.Commit);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(4, 5, true)]
    [InlineData(4, 1, false)]
    public async Task A_limit_of_minutes_is_waited_for_as_long_as_there_is_patience(int minutes, int patience, bool isEnough)
    {
        var commit = Publish(_home);
        var limit = _home.Faults.Add(new Fault(FaultKind.TooManyRequests) { Path = "/", Delay = TimeSpan.FromMinutes(minutes), Times = 1 });
        var finding = FindAsync(hubs: [Home], patience: TimeSpan.FromMinutes(patience));

        if (isEnough)
        {
            await _waited.WaitAsync(Cancelled);
            await PassAsync(TimeSpan.FromMinutes(minutes));
            Assert.False(finding.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(commit, (await finding).Snapshot.Commit);
            Assert.Contains("asks to wait 5 min (429", Assert.Single(_waits), StringComparison.Ordinal);
        }
        else
        {
            var error = await Assert.ThrowsAsync<OfflineException>(() => finding);
            Assert.Equal(TimeSpan.Zero, Passed);
            foreach (var part in (string[])["5 min", "--patience", "hfmc auth login"])
                Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("check the network", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, limit.Strikes);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(407)] // a proxy on the way
    [InlineData(511)] // a captive portal
    [InlineData(200)] // a captive portal's page
    public async Task What_waiting_does_not_heal_ends_at_once_with_its_own_advice(int status)
    {
        await using var portal = await ScriptedServer.StartAsync(http =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (status, "text/html; charset=utf-8");
            return http.Response.WriteAsync("<html>log in");
        }, Cancelled);

        var error = await FailAsync<OfflineException>(hubs: [Client(portal.Endpoint, SourceKind.Mirror), Client(new(portal.Endpoint, "hub/"), SourceKind.Hub)]);

        Assert.Equal(TimeSpan.Zero, Passed);
        Assert.Empty(_waits);
        Assert.DoesNotContain("check the network", error.Message, StringComparison.Ordinal);
        Assert.Contains(status is 407 ? "HTTPS_PROXY" : "browser", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task Redirects_in_a_circle_end_soon()
    {
        await using var circle = await ScriptedServer.StartAsync(http =>
        {
            http.Response.Redirect(http.Request.Path, permanent: false);
            return Task.CompletedTask;
        }, Cancelled);

        Assert.Contains("redirects in a circle", (await FailAsync<OfflineException>(hubs: [Client(circle.Endpoint, SourceKind.Hub)])).Message, StringComparison.Ordinal);
        Assert.InRange(Passed.TotalSeconds, 0, 1);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_mirrors_no_is_not_final_while_the_way_to_the_home_is_barred()
    {
        await using var barred = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = 407;
            return Task.CompletedTask;
        }, Cancelled);

        await FailAsync<OfflineException>(hubs: [Client(_mirror.Endpoint, SourceKind.Mirror), Client(barred.Endpoint, SourceKind.Hub)]);
    }

    static CommitId Publish(FakeHub hub) => hub.Add(Repo.Id).Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("a") });

    static Task<ScriptedServer> SilentAsync() =>
        ScriptedServer.StartAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted), Cancelled);

    HubClient Home => Client(_home.Endpoint, SourceKind.Hub);

    HubClient Client(Uri endpoint, SourceKind kind) => new(new(endpoint, kind, null), _http, _time, "hfmc/test", null) { Backoff = _backoff };

    // When the pause has begun that was told of.
    async Task PassAsync(TimeSpan pause)
    {
        Assert.InRange(_time.TimersPending, 0, 1);
        await _time.WaitForTimersAsync(1, Cancelled);
        _time.Advance(pause);
    }

    async Task<T> FailAsync<T>(bool isHere = false, HubClient[]? hubs = null)
        where T : Exception => await Assert.ThrowsAsync<T>(() => RunAsync(FindAsync(isHere, hubs)));

    async Task<RepoListing> RunAsync(Task<RepoListing> finding)
    {
        await _time.RunAsync(finding, Pauses, Cancelled);
        return await finding;
    }

    Task<RepoListing> FindAsync(bool isHere = false, HubClient[]? hubs = null, TimeSpan? patience = null) =>
        new RepoLookup(hubs ?? [Client(_mirror.Endpoint, SourceKind.Mirror), Home], null, _time, _ => { })
        {
            MayDoWithout = isHere,
            Patience = patience ?? TransferLimits.DefaultPatience,
            Waits = why =>
            {
                if (why is null)
                    return;
                _waits.Add(why);
                _waited.Release();
            },
        }.FindAsync(Repo, Revision.Main, Cancelled);
}
