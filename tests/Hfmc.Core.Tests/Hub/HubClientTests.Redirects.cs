using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Tests.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

public sealed partial class HubClientTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_renamed_repo_is_followed_with_the_token_since_the_host_stays()
    {
        _repo.Private = true;
        _repo.Allow("hf_secret").FormerlyKnownAs("acme/before");

        var info = await Client(token: "hf_secret").GetRepoAsync(RepoId.Parse("acme/before"), Revision.Main, anonymous: false, Cancelled);

        Assert.Equal(_commit, info.Commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_slash_in_a_revision_is_escaped_and_files_with_odd_names_are_found()
    {
        var commit = _repo.Commit(new Dictionary<string, FileContent> { ["a b/ü+%20#?.txt"] = BytesContent.Of("odd") }, "feature/x");
        _repo.PullRequest(7, commit);
        var file = _repo.Find(commit.Text)!.Files[0].AsRepoFile();

        Assert.Equal(commit, (await Client().GetRepoAsync(Repo, Revision.Parse("feature/x"), true, Cancelled)).Commit);
        Assert.Equal(commit, (await Client().GetRepoAsync(Repo, Revision.Parse("refs/pr/7"), true, Cancelled)).Commit);
        using var body = await Client().File(Repo, commit, file).OpenAsync(new(0, 3), Cancelled);
        using var reader = new StreamReader(await body!.ReadAsync(Cancelled));
        Assert.Equal("odd", await reader.ReadToEndAsync(Cancelled));
    }

    [Fact(Timeout = 120_000)]
    public async Task From_https_no_redirect_leads_to_http()
    {
        using var http = new HttpMessageInvoker(new Redirecting("http://cdn.example.org/x"));
        var client = new HubClient(new(new("https://hub.example.org"), SourceKind.Hub, null), http, TimeProvider.System, "hfmc/test", null);

        var error = await Assert.ThrowsAsync<SourceException>(() => client.GetRepoAsync(Repo, Revision.Main, true, Cancelled));

        Assert.Contains("from https to http", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Redirects_without_end_are_not_followed()
    {
        using var http = new HttpMessageInvoker(new Redirecting("https://hub.example.org/x"));
        var client = new HubClient(new(new("https://hub.example.org"), SourceKind.Hub, null), http, TimeProvider.System, "hfmc/test", null);

        Assert.Contains("redirects in a circle", (await Assert.ThrowsAsync<SourceException>(() => client.GetRepoAsync(Repo, Revision.Main, true, Cancelled))).Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://hub.example.org/x")]
    public async Task A_redirect_to_another_kind_of_address_is_refused(string location)
    {
        using var http = new HttpMessageInvoker(new Redirecting(location));
        var client = new HubClient(new(new("https://hub.example.org"), SourceKind.Hub, null), http, TimeProvider.System, "hfmc/test", null);

        await Assert.ThrowsAsync<SourceException>(() => client.GetRepoAsync(Repo, Revision.Main, true, Cancelled));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_that_asks_itself_is_told()
    {
        await using var self = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Headers[HubClient.ViaHeader] == "me" ? 508 : 500;
            return Task.CompletedTask;
        }, Cancelled);
        var client = new HubClient(new(self.Endpoint, SourceKind.Mirror, null), _http, TimeProvider.System, "hfmc/test", "me");

        var refusal = await Assert.ThrowsAsync<HubRefusal>(() => client.GetRepoAsync(Repo, Revision.Main, true, Cancelled));

        Assert.Equal(SourceFault.Itself, refusal.Fault);
    }

    HubClient Client(Uri? endpoint = null, string? token = null) => new(
        new(endpoint ?? _hub.Endpoint, SourceKind.Hub, AccessToken.TryParse(token, out var parsed) ? parsed : null), _http, TimeProvider.System, "hfmc/test", null);
}
