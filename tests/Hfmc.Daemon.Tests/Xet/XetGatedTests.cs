using System.Net;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>A gated repo as Xet: for who may read it at the Hub, with his own login, and for as long as he may.</summary>
public sealed class XetGatedTests : IAsyncLifetime
{
    const string Repo = "acme/gated", Path = "model.bin", Member = "hf_memberToken", Other = "hf_otherToken";

    static readonly PatternContent s_weights = new(3_000_000, seed: 6);

    readonly ManualTime _time = new();
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    DaemonRig _daemon = null!;
    CasClient _client = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { WithXet = true }, Cancelled);
        _hub.AddUser(Member, "member");
        _hub.AddUser(Other, "other");
        _repo = _hub.Add(Repo).Allow(Member);
        _repo.Gated = true;
        _repo.Commit(new Dictionary<string, FileContent> { [Path] = s_weights });
        _daemon = await DaemonRig.StartAsync(_hub.Endpoint, _time, xetAbove: 1_000_000);
        _client = new(_daemon.Http);
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Who_may_not_read_it_gets_neither_token_nor_id()
    {
        foreach (var (login, status) in ((string?, HttpStatusCode)[])[(null, HttpStatusCode.Unauthorized), (Other, HttpStatusCode.Forbidden)])
        {
            using var token = await AskAsync($"/api/models/{Repo}/xet-read-token/main", login);
            using var file = await AskAsync($"/{Repo}/resolve/main/{Path}", login);

            Assert.Equal((status, "GatedRepo"), (token.StatusCode, token.Headers.GetValues("X-Error-Code").Single()));
            Assert.Equal(status, file.StatusCode);
            Assert.All((HttpResponseMessage[])[token, file], answer => Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("X-Xet", StringComparison.Ordinal)));
        }
        Assert.DoesNotContain(s_weights.XetId, await (await AskAsync($"/api/models/{Repo}/tree/main", null)).Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Who_may_reads_it_and_his_login_is_in_nothing_that_he_is_given()
    {
        using var answer = await AskAsync($"/api/models/{Repo}/xet-read-token/main", Member);
        var token = answer.Headers.GetValues("X-Xet-Access-Token").Single();

        using var file = await AskAsync($"/{Repo}/resolve/main/{Path}", Member, ("Accept", "application/vnd.xet-fileinfo+json"));
        Assert.Equal(s_weights.XetId, file.Headers.GetValues("X-Xet-Hash").Single());
        var told = (await _client.TellAsync(2, s_weights.XetId, token)).ToString();
        var read = await _client.ReadAsync(2, s_weights.XetId, token, 0, s_weights.Size);

        Assert.Equal(s_weights.ToArray(), read);
        Assert.All((string[])[token, told], given => Assert.DoesNotContain(Member, given));
    }

    [Fact]
    public async Task A_token_of_one_who_may_no_longer_opens_nothing_a_minute_later()
    {
        using var answer = await AskAsync($"/api/models/{Repo}/xet-read-token/main", Member);
        var token = answer.Headers.GetValues("X-Xet-Access-Token").Single();
        var link = (await _client.TellAsync(2, s_weights.XetId, token)).GetProperty("xorbs").EnumerateObject().Single().Value[0].GetProperty("url").GetString()!;
        _repo.Private = true;
        _repo.Gated = false;
        _hub.Content.Remove(_repo.Id);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.False((await _client.AskAsync($"/v2/reconstructions/{s_weights.XetId}", token)).IsSuccessStatusCode);
        Assert.False((await _client.AskAsync(link, null, "bytes=0-99")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Two_callers_have_tokens_of_their_own_and_strangers_share_that_of_what_is_public()
    {
        _hub.AddUser("hf_second", "second");
        _repo.Allow("hf_second");
        _hub.Add("acme/open").Commit(new Dictionary<string, FileContent> { [Path] = s_weights });

        Assert.NotEqual(await TokenAsync(Repo, Member), await TokenAsync(Repo, "hf_second"));
        Assert.Equal(await TokenAsync(Repo, Member), await TokenAsync(Repo, Member));
        Assert.Equal(await TokenAsync("acme/open", Member), await TokenAsync("acme/open", null));
    }

    async Task<string> TokenAsync(string repo, string? login)
    {
        using var answer = await AskAsync($"/api/models/{repo}/xet-read-token/main", login);
        return answer.Headers.GetValues("X-Xet-Access-Token").Single();
    }

    Task<HttpResponseMessage> AskAsync(string target, string? login, params (string, string)[] headers) =>
        _daemon.GetAsync(target, login is null ? headers : [.. headers, ("Authorization", $"Bearer {login}")]);
}
