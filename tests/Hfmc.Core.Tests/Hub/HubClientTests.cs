using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Tests.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

public sealed partial class HubClientTests : IAsyncLifetime
{
    static readonly RepoId Repo = RepoId.Parse("acme/tiny");

    readonly HttpMessageInvoker _http = HubTransport.Create();
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { PageSize = 3 }, Cancelled);
        _repo = _hub.Add(Repo.Id);
        _commit = _repo.Commit(Enumerable.Range(0, 10).ToDictionary(i => $"folder{i % 3}/file{i}.txt", FileContent (i) => BytesContent.Of($"{i}")));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_listing_of_many_pages_is_read_to_its_end()
    {
        var snapshot = await Client().GetSnapshotAsync(Repo, _commit, anonymous: true, Cancelled);

        Assert.Equal(_repo.Find(_commit.Text)!.AsSnapshot(Repo).Files, snapshot.Files);
        Assert.InRange(_hub.Requests.Count, 4, 6);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_page_is_asked_of_the_upstream_itself_even_when_its_link_names_another_host()
    {
        await using var mirror = await ScriptedServer.StartAsync(async http =>
        {
            var isFirst = !http.Request.Query.ContainsKey("cursor");
            if (isFirst)
                http.Response.Headers.Link = $"<{_hub.Endpoint}api/models/acme/tiny/tree/{_commit}?recursive=true&cursor=2>; rel=\"next\"";
            await http.Response.Body.WriteAsync(Json(isFirst ? "a.txt" : "b.txt"), Cancelled);
        }, Cancelled);

        var snapshot = await Client(mirror.Endpoint).GetSnapshotAsync(Repo, _commit, anonymous: true, Cancelled);

        Assert.Equal(["a.txt", "b.txt"], snapshot.Files.Select(file => file.Path.Text));
        Assert.Empty(_hub.Requests);
    }

    [Fact(Timeout = 120_000)]
    public async Task Pages_that_lead_in_a_circle_are_refused()
    {
        await using var mirror = await ScriptedServer.StartAsync(async http =>
        {
            http.Response.Headers.Link = $"<{http.Request.Path}?cursor=again>; rel=\"next\"";
            await http.Response.Body.WriteAsync(Json("a.txt"), Cancelled);
        }, Cancelled);

        await AssertLiesAsync(mirror, "twice");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_it_says_of_a_repo_is_kept_without_the_list_of_files()
    {
        var text = (await Client().GetRepoAsync(Repo, Revision.Main, anonymous: true, Cancelled)).Text!;

        Assert.Contains("\"lastModified\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("siblings", text, StringComparison.Ordinal);
        Assert.DoesNotContain("xet", text, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(UnsafeNames.Wrong), MemberType = typeof(UnsafeNames))]
    public async Task Lists_that_cannot_be_right_are_refused(string names, string reason)
    {
        await using var server = await ListingAsync(Json(names.Split('|')));

        await AssertLiesAsync(server, reason);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(UnsafeNames.Odd), MemberType = typeof(UnsafeNames))]
    public async Task Unsafe_names_are_put_aside(string name)
    {
        await using var server = await ListingAsync(Json(name, "good.txt", "at 12:30|a.txt"));

        var snapshot = await Client(server.Endpoint).GetSnapshotAsync(Repo, _commit, anonymous: true, Cancelled);

        Assert.Equal(["at 12:30|a.txt", "good.txt"], snapshot.Files.Select(file => file.Path.Text));
        Assert.Equal([name], snapshot.Skipped);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("""[{"type":"file","oid":"xyz","size":1,"path":"a"}]""", "no usable id")]
    [InlineData("""[{"type":"file","size":1,"path":"a"}]""", "no usable id")]
    [InlineData("""[{"type":"file","oid":"0123456789012345678901234567890123456789","size":-1,"path":"a"}]""", "negative size")]
    [InlineData("""[{"type":"file","oid":"0123456789012345678901234567890123456789","size":1e99,"path":"a"}]""", "not the JSON expected")]
    [InlineData("""[{"type":"file","oid":"0123456789012345678901234567890123456789","size":1,"path":"\ud800"}]""", "not the JSON expected")]
    [InlineData("""{"error":"x"}""", "not the JSON expected")]
    [InlineData("<html>", "not the JSON expected")]
    [InlineData("null", "empty answer")]
    public async Task A_listing_of_the_wrong_shape_is_a_lie(string json, string reason)
    {
        await using var server = await ListingAsync(System.Text.Encoding.UTF8.GetBytes(json));

        await AssertLiesAsync(server, reason);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_no_file_is_passed_over()
    {
        await using var server = await ListingAsync("""[null,{"type":"directory","path":"../x"},{"type":"file","oid":"0123456789012345678901234567890123456789","size":1,"path":"a"}]"""u8.ToArray());

        Assert.Equal("a", Assert.Single((await Client(server.Endpoint).GetSnapshotAsync(Repo, _commit, true, Cancelled)).Files).Path.Text);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_endless_listing_is_cut_off()
    {
        await using var server = await ScriptedServer.StartAsync(async http =>
        {
            var spaces = new byte[1 << 20];
            Array.Fill(spaces, (byte)' ');
            for (var i = 0; i < 100; i++)
                await http.Response.Body.WriteAsync(spaces, http.RequestAborted);
        }, Cancelled);

        await AssertLiesAsync(server, "more than 64 MiB");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_repo_without_gate_is_open_and_one_with_a_gate_is_not()
    {
        Assert.Equal(new(_commit, true, null, 10), (await Client().GetRepoAsync(Repo, Revision.Main, anonymous: true, Cancelled)) with { Text = null });
        _repo.Gated = true;
        Assert.Equal(new(_commit, false, null, 10), (await Client().GetRepoAsync(Repo, Revision.Main, anonymous: true, Cancelled)) with { Text = null });
    }

    [Theory(Timeout = 120_000)]
    [InlineData("{}")]
    [InlineData("""{"private":null,"gated":null}""")]
    [InlineData("""{"private":false}""")]
    [InlineData("""{"gated":false}""")]
    public async Task What_does_not_say_that_it_is_open_is_not_taken_for_open(string json)
    {
        await using var server = await ScriptedServer.StartAsync(
            new Dictionary<string, string> { ["/api"] = json.Replace("}", $"{(json is "{}" ? "" : ",")}\"sha\":\"{_commit}\"}}") }, Cancelled);

        Assert.Null((await Client(server.Endpoint).GetRepoAsync(Repo, Revision.Main, anonymous: true, Cancelled)).IsOpen);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("acme/absent", "main", HubReason.RepoNotFound)]
    [InlineData("acme/tiny", "absent", HubReason.RevisionNotFound)]
    [InlineData("acme/hidden", "main", HubReason.RepoNotFound)]
    public async Task What_is_not_there_or_hidden_is_not_found(string repo, string revision, HubReason reason)
    {
        _hub.Add("acme/hidden").Private = true;

        var refusal = await Assert.ThrowsAsync<HubRefusal>(() => Client().GetRepoAsync(RepoId.Parse(repo), Revision.Parse(revision), anonymous: true, Cancelled));

        Assert.Equal((reason, SourceFault.Missing), (refusal.Reason, refusal.Fault));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_token_is_told_apart_from_a_missing_repo()
    {
        var refusal = await Assert.ThrowsAsync<HubRefusal>(() => Client(token: "hf_wrong").GetRepoAsync(Repo, Revision.Main, anonymous: false, Cancelled));

        Assert.Equal(HubReason.BadToken, refusal.Reason);
        Assert.DoesNotContain("hf_wrong", refusal.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_bytes_of_a_gated_file_are_refused_with_the_place_where_its_terms_are()
    {
        _repo.Gated = true;
        var file = _repo.Find("main")!.Files[0].AsRepoFile();

        var refusal = await Assert.ThrowsAsync<HubRefusal>(async () => (await Client().File(Repo, _commit, file).OpenAsync(new(0, 1), Cancelled))?.Dispose());

        Assert.Equal((HubReason.GatedRepo, SourceFault.Denied), (refusal.Reason, refusal.Fault));
        Assert.Contains($"{_hub.Endpoint}{Repo}", refusal.Message);
        Assert.Contains("hfmc auth login", refusal.Message);
    }

    static byte[] Json(params string[] names) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
        new System.Text.Json.Nodes.JsonArray([.. names.Select(name => new System.Text.Json.Nodes.JsonObject
        {
            ["type"] = "file", ["oid"] = new string('0', 40), ["size"] = 1, ["path"] = name,
        })]));

    static Task<ScriptedServer> ListingAsync(byte[] json) =>
        ScriptedServer.StartAsync(http => http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask(), Cancelled);

    async Task AssertLiesAsync(ScriptedServer server, string reason)
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => Client(server.Endpoint).GetSnapshotAsync(Repo, _commit, true, Cancelled));

        Assert.Equal(SourceFault.Lied, error.Fault);
        Assert.Contains(reason, error.Message);
        Assert.Contains(server.Endpoint.Authority, error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    sealed class Redirecting(string location) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(System.Net.HttpStatusCode.Found);
            response.Headers.Location = new(location);
            return Task.FromResult(response);
        }
    }
}
