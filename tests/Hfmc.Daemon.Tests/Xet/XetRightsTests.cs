using System.Net;
using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>A token opens the files of its repo at its commit, a link the bytes that it names, and both for a while.</summary>
public sealed class XetRightsTests : IAsyncLifetime
{
    static readonly PatternContent s_open = new(3_000_000, seed: 1), s_other = new(3_000_000, seed: 2);

    readonly ManualTime _time = new();
    DaemonRig _daemon = null!;
    CasClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _daemon = await DaemonRig.StartAsync(xet: "on", time: _time);
        _client = new(_daemon.Http);
        _daemon.PutXet("acme/open", isPublic: true, ("model.bin", s_open));
        _daemon.PutXet("acme/other", isPublic: true, ("model.bin", s_other));
        _daemon.KeepLists(s_open, s_other);
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task A_token_is_for_the_files_of_its_repo_only()
    {
        var (token, _, _) = await _client.TokenAsync("acme/open", "main");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(s_open.XetId, token));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(s_other.XetId, token));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("x", token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("xet_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("hf_somebody")]
    public async Task Without_a_token_of_this_daemon_nothing_is_told(string? token)
    {
        await _client.TokenAsync("acme/open", "main");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(s_open.XetId, token));
    }

    [Fact]
    public async Task A_token_ends_when_it_says_and_a_new_one_is_given_before_that()
    {
        var (token, ends, _) = await _client.TokenAsync("acme/open", "main");
        _time.Advance(XetGrants.Life / 2 - TimeSpan.FromSeconds(1));
        Assert.Equal(token, (await _client.TokenAsync("acme/open", "main")).Token);
        _time.Advance(TimeSpan.FromSeconds(2));
        var (next, _, _) = await _client.TokenAsync("acme/open", "main");

        Assert.NotEqual(token, next);
        _time.Advance(DateTimeOffset.FromUnixTimeSeconds(ends) - _time.GetUtcNow() - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(s_open.XetId, token));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(s_open.XetId, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(s_open.XetId, next));
    }

    [Fact]
    public async Task Nobody_gets_a_token_for_what_he_may_not_see()
    {
        var secret = new PatternContent(3_000_000, seed: 3);
        _daemon.PutXet("acme/secret", isPublic: false, ("model.bin", secret));

        using var hidden = await _daemon.GetAsync("/api/models/acme/secret/xet-read-token/main");
        using var absent = await _daemon.GetAsync("/api/models/acme/absent/xet-read-token/main");

        Assert.Equal((absent.StatusCode, absent.Headers.GetValues("X-Error-Code").Single()), (hidden.StatusCode, hidden.Headers.GetValues("X-Error-Code").Single()));
        Assert.False(hidden.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Who_may_not_see_the_repo_any_more_gets_nothing_by_what_he_still_holds()
    {
        var (token, _, _) = await _client.TokenAsync("acme/open", "main");
        var (url, range) = await LinkAsync(s_open, token);

        _daemon.RecordXet("acme/open", CommitOf("acme/open"), isPublic: false, ("model.bin", s_open));

        Assert.False((await _client.AskAsync($"/v2/reconstructions/{s_open.XetId}", token)).IsSuccessStatusCode);
        Assert.False((await _client.AskAsync(url, null, range)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_link_ends()
    {
        var (token, _, _) = await _client.TokenAsync("acme/open", "main");
        var (url, range) = await LinkAsync(s_open, token);

        _time.Advance(XorbLinks.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.PartialContent, (await _client.AskAsync(url, null, range)).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.AskAsync(url, null, range)).StatusCode);
    }

    [Fact]
    public async Task A_link_opens_the_bytes_that_it_names_and_parts_of_them()
    {
        var (token, _, _) = await _client.TokenAsync("acme/open", "main");
        var (url, _) = await LinkAsync(s_open, token, "bytes=1000000-1500000");
        var (from, to) = Signed(url);

        Assert.Equal(HttpStatusCode.PartialContent, (await _client.AskAsync(url, null, $"bytes={from + 5}-{to - 5}")).StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, (await _client.AskAsync(url, null, $"bytes={from}-{from},{to}-{to}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.AskAsync(url, null, $"bytes={from - 1}-{to}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.AskAsync(url, null, $"bytes={from}-{to + 1}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.AskAsync(url, null, null)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.AskAsync(url, null, $"bytes={from}-{to},{from}-{to}")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await _client.AskAsync(url, null, "bytes=99999999-")).StatusCode);
    }

    [Fact]
    public async Task A_link_that_is_changed_anywhere_is_refused()
    {
        var (token, _, _) = await _client.TokenAsync("acme/open", "main");
        var (url, range) = await LinkAsync(s_open, token);

        await Seeds.RunAsync(nameof(A_link_that_is_changed_anywhere_is_refused), 100, async random =>
        {
            var changed = url.ToCharArray();
            changed[random.Next(XorbLink.Root.Length, changed.Length)] = "0123456789abcdefgh-_.=AZ"[random.Next(24)];

            var expected = new string(changed) == url ? HttpStatusCode.PartialContent : HttpStatusCode.Forbidden;
            Assert.Equal(expected, (await _client.AskAsync(new(changed), null, range)).StatusCode);
        });
    }

    CommitId CommitOf(string repo) => _daemon.Cache.Repo(RepoId.Parse(repo)).ResolveRef(Revision.Main)!.Value;

    async Task<HttpStatusCode> StatusAsync(string id, string? token)
    {
        using var answer = await _client.AskAsync($"/v2/reconstructions/{id}", token);
        return answer.StatusCode;
    }

    /// <summary>The one link of a file, without the host, and a range that it opens.</summary>
    async Task<(string Url, string Range)> LinkAsync(FileContent file, string token, string? range = null)
    {
        var told = await _client.TellAsync(2, file.XetId, token, range);
        JsonElement entry = Assert.Single(Assert.Single(told.GetProperty("xorbs").EnumerateObject()).Value.EnumerateArray());
        var bytes = Assert.Single(entry.GetProperty("ranges").EnumerateArray()).GetProperty("bytes");
        return (new Uri(entry.GetProperty("url").GetString()!).PathAndQuery, $"bytes={bytes.GetProperty("start")}-{bytes.GetProperty("end")}");
    }

    static (long From, long To) Signed(string url)
    {
        var range = url.Split('.')[^2].Split('-');
        return (long.Parse(range[0]), long.Parse(range[1]));
    }
}
