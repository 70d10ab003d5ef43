using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Several upstreams: who is asked, with which token, and whose word counts.</summary>
public sealed class RepoViewsTests : IAsyncLifetime
{
    static readonly RepoId s_repo = RepoId.Parse("acme/tiny");
    static readonly AccessToken s_member = AccessToken.TryParse("hf_member", out var token) ? token : default;

    readonly EngineRig _rig = new();
    FakeHub _mirror = null!, _home = null!;

    static CancellationToken Cancelled => EngineRig.Cancelled;

    public async ValueTask InitializeAsync() =>
        (_mirror, _home) = (await FakeHub.StartAsync(cancellationToken: Cancelled), await FakeHub.StartAsync(cancellationToken: Cancelled));

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _mirror.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Fact]
    public async Task A_mirrors_no_is_not_final_and_its_yes_is_enough()
    {
        var commit = Publish(_home);

        var first = await Views().FindAsync(s_repo, Revision.Main, Stranger, Cancelled);
        Publish(_mirror);
        var second = await Views().FindAsync(s_repo, Revision.Main, Stranger, Cancelled);

        Assert.Equal((commit, true, ListingOrigin.Upstream), (first.Commit, first.IsPublic, first.Origin));
        Assert.Equal(commit, second.Commit);
        Assert.Equal(2, _home.Requests.Count); // Info and tree, of the first time.
    }

    [Fact]
    public async Task A_mirrors_no_says_nothing_while_the_home_is_silent()
    {
        await _home.StopAsync();

        var no = await Assert.ThrowsAsync<ViewException>(() => Views().FindAsync(s_repo, Revision.Main, Stranger, Cancelled));

        Assert.Equal((404, ViewException.RepoNotFound), (no.Status, no.Code));
        Assert.Contains("no upstream answers", no.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_turns_callers_away_is_passed_over()
    {
        await using var away = await FakeHub.StartAsync(new() { Style = HubStyle.TurnsAway }, Cancelled);
        away.Faults.Add(new Fault(FaultKind.RedirectElsewhere) { Path = "/", Location = new("https://hub.example/") });
        Publish(_home);

        Assert.True((await Views(away.Endpoint, _home.Endpoint).FindAsync(s_repo, Revision.Main, Stranger, Cancelled)).IsPublic);
    }

    [Fact]
    public async Task A_callers_token_goes_to_its_home_and_never_to_a_mirror()
    {
        Publish(_home);
        var repo = _home.Add("acme/tiny").Allow("hf_member");
        repo.Private = true;

        var view = await Views().FindReadableAsync(s_repo, Revision.Main, new(s_member, IsLocal: false), Cancelled);

        Assert.False(view.IsPublic);
        Assert.Contains(_home.Requests, request => request.Token is "hf_member");
        Assert.NotEmpty(_mirror.Requests);
        Assert.All(_mirror.Requests, request => Assert.Null(request.Token));
        Assert.All(view.Listing.Hubs, hub => Assert.Equal(hub.Upstream.Kind is SourceKind.Hub ? s_member : null, hub.Upstream.Token));
    }

    [Fact]
    public async Task An_upstream_that_is_down_is_tried_once_for_many_questions()
    {
        Publish(_home);
        var tries = 0;
        await using var broken = await ScriptedServer.StartAsync(http =>
        {
            Interlocked.Increment(ref tries);
            http.Abort();
            return Task.CompletedTask;
        }, Cancelled);
        var views = Views(broken.Endpoint, _home.Endpoint);

        for (var i = 0; i < 50; i++)
            await Assert.ThrowsAsync<ViewException>(() => views.FindAsync(RepoId.Parse($"acme/none{i}"), Revision.Main, Stranger, Cancelled));

        Assert.InRange(tries, 1, 10); // Again now and then, as the rig's fast clock goes through its rests.
    }

    [Fact]
    public async Task What_is_not_of_the_caller_is_not_shown_to_him_from_the_memory_of_another()
    {
        Publish(_home);
        var repo = _home.Add("acme/tiny").Allow("hf_member");
        repo.Private = true;
        var views = Views();
        await views.FindAsync(s_repo, Revision.Main, new(s_member, IsLocal: true), Cancelled);

        foreach (var other in (ViewCaller[])[Stranger, new(null, IsLocal: true), new(AccessToken.TryParse("hf_other", out var token) ? token : null, IsLocal: true)])
            await Assert.ThrowsAsync<ViewException>(() => views.FindAsync(s_repo, Revision.Main, other, Cancelled));
    }

    [Fact]
    public async Task A_path_is_found_in_a_view_and_a_folder_has_what_is_in_it()
    {
        _home.Add("acme/tiny").Commit(new Dictionary<string, byte[]> { ["a/b.txt"] = [1], ["a/c/d"] = [2], ["a.txt"] = [3], ["a0"] = [4], ["é/x"] = [5] });
        var view = await Views().FindAsync(s_repo, Revision.Main, Stranger, Cancelled);

        Assert.Equal(["a/b.txt", "a/c/d"], view.Below(FilePath.Parse("a")).Select(file => file.Path.Text));
        Assert.Equal(5, view.Below(null).Count);
        Assert.Equal("é/x", view.Find(FilePath.Parse("é/x"))?.Path.Text);
        Assert.Null(view.Find(FilePath.Parse("a")));
        Assert.Equal(["a", "a/c", "é"], view.Folders.Keys.Order(StringComparer.Ordinal));
    }

    static ViewCaller Stranger => new(null, IsLocal: false);

    RepoViews Views() => Views(_mirror.Endpoint, _home.Endpoint);

    RepoViews Views(Uri mirror, Uri home) => new(_rig.Engine, new(
        token => new([new(mirror, SourceKind.Mirror, null), new Upstream(home, SourceKind.Hub, token)], SymlinksOff: false),
        PeersOn: false, ShowsRestrictedOffline: () => false));

    static CommitId Publish(FakeHub hub) => hub.Add("acme/tiny").Commit(new Dictionary<string, byte[]> { ["config.json"] = "{}"u8.ToArray() });
}
