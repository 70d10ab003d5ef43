using System.Net;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

// Who gets what, and where else callers are sent.
public sealed partial class FakeHubTests
{
    [Fact]
    public async Task Gated_bytes_want_an_allowed_token_while_the_listing_is_open()
    {
        _repo.Gated = true;
        _repo.Allow("hf_bob");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/models/acme/tiny/tree/main"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/acme/tiny/resolve/main/model.bin"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/acme/tiny/resolve/main/model.bin", Token));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync("/acme/tiny/resolve/main/model.bin", "hf_bob"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/api/models/acme/tiny/auth-check", Token));
    }

    [Fact]
    public async Task A_private_repo_looks_like_one_that_does_not_exist()
    {
        _repo.Private = true;
        _repo.Allow("hf_bob");

        Assert.Equal(await StatusAsync("/api/models/acme/none"), await StatusAsync("/api/models/acme/tiny"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/models/acme/tiny", Token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/models/acme/tiny", "hf_bob"));
    }

    [Fact]
    public async Task A_former_name_leads_to_the_present_one()
    {
        _repo.FormerlyKnownAs("tiny");

        using var answer = await GetAsync("/tiny/resolve/main/config.json");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal("/acme/tiny/resolve/main/config.json", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Whoami_knows_its_users_only()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/whoami-v2", Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/whoami-v2", "hf_nobody"));
    }

    [Fact]
    public async Task A_mirror_that_turns_callers_away_lists_but_sends_files_to_the_official_hub()
    {
        await using var mirror = await FakeHub.StartAsync(
            new() { Content = _hub.Content, Style = HubStyle.TurnsAway, OfficialEndpoint = _hub.Endpoint }, Cancelled);

        using var listing = await GetAsync(new Uri(mirror.Endpoint, "/api/models/acme/tiny").AbsoluteUri);
        using var file = await GetAsync(new Uri(mirror.Endpoint, "/acme/tiny/resolve/main/config.json").AbsoluteUri);

        Assert.Equal(HttpStatusCode.OK, listing.StatusCode);
        Assert.Equal(HttpStatusCode.PermanentRedirect, file.StatusCode);
        Assert.Equal(new Uri(_hub.Endpoint, "/acme/tiny/resolve/main/config.json"), file.Headers.Location);
        Assert.False(file.Headers.Contains("X-Repo-Commit"));
    }

    [Fact]
    public async Task A_token_that_reaches_the_cdn_is_seen()
    {
        var link = await LinkAsync();

        using var _ = await GetAsync(link, ("Authorization", $"Bearer {Token}"));
        var seen = Assert.Single(_hub.Requests, request => request.Token is Token);
        Assert.Equal(HubSide.Cdn, seen.Side);
        Assert.Equal(_hub.CdnEndpoint.Port, seen.Port);
        Assert.Equal(2, _hub.Connections());
    }
}
