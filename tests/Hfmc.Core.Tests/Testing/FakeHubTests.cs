using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed partial class FakeHubTests : IAsyncLifetime
{
    const string Token = "hf_alice";

    static readonly byte[] Config = Encoding.UTF8.GetBytes("{\"a\":1}");
    static readonly PatternContent Weights = new(3_000_000);

    readonly ManualTime _time = new();
    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    FakeHub _hub = null!;
    FakeRepo _repo = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { Time = _time, PageSize = 2, WithXet = true }, Cancelled);
        _repo = _hub.Add("acme/tiny");
        _repo.Commit(new Dictionary<string, FileContent>
        {
            ["config.json"] = new BytesContent(Config),
            ["model.bin"] = Weights,
            ["sub/a+b#.txt"] = BytesContent.Of("x"),
            ["sub/deep/c.txt"] = BytesContent.Of("y"),
            ["empty"] = new BytesContent([]),
        });
        _hub.AddUser(Token, "alice");
        _http.BaseAddress = _hub.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_tree_comes_in_pages_with_absolute_links()
    {
        var paths = new List<string>();
        var page = new Uri(_hub.Endpoint, "/api/models/acme/tiny/tree/main?recursive=true&expand=false");
        while (page is not null)
        {
            using var answer = await _http.GetAsync(page, Cancelled);
            var entries = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!.AsArray();
            paths.AddRange(entries.Select(entry => entry!["path"]!.GetValue<string>()));
            page = answer.Headers.TryGetValues("Link", out var links) ? new(links.Single().Split('<', '>')[1]) : null;
        }

        Assert.Equal(["config.json", "empty", "model.bin", "sub", "sub/a+b#.txt", "sub/deep", "sub/deep/c.txt"], paths);
        Assert.Equal(4, _hub.Requests.Count);
    }

    [Fact]
    public async Task A_subfolder_is_listed_by_paths_from_the_root()
    {
        var json = await JsonAsync("/api/models/acme/tiny/tree/main/sub%2Fdeep");

        Assert.Equal("sub/deep/c.txt", json.AsArray().Single()!["path"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_missing_folder_is_EntryNotFound()
    {
        using var answer = await GetAsync("/api/models/acme/tiny/tree/main/additional_chat_templates");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("EntryNotFound", Header(answer, "X-Error-Code"));
        Assert.Equal(_repo.Find("main")!.Id.Text, Header(answer, "X-Repo-Commit"));
    }

    [Theory]
    [InlineData("/api/models/acme/tiny/revision/refs%2Fpr%2F1")]
    [InlineData("/api/models/acme/tiny/revision/refs/pr/1")]
    [InlineData("/api/models/acme/tiny/revision/v1")]
    [InlineData("/api/models/acme/tiny/revision/HEAD")]
    [InlineData("/api/models/acme/tiny")]
    public async Task Every_spelling_of_a_revision_finds_its_commit(string address)
    {
        var commit = _repo.Find("main")!.Id;
        _repo.PullRequest(1, commit).Tag("v1", commit);

        Assert.Equal(commit.Text, (await JsonAsync(address))["sha"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_small_file_is_redirected_to_a_place_that_works_without_its_query()
    {
        using var redirect = await GetAsync("/acme/tiny/resolve/main/sub/a%2Bb%23.txt");
        var place = redirect.Headers.Location!.OriginalString.Split('?')[0];
        using var answer = await GetAsync(place);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.StartsWith("/api/resolve-cache/models/acme/tiny/", place);
        Assert.Equal("x", await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal($"\"{_repo.Find("main")!.Find("sub/a+b#.txt")!.ETag}\"", answer.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task A_large_file_is_signed_over_to_the_cdn_which_has_another_etag()
    {
        using var redirect = await GetAsync("/acme/tiny/resolve/main/model.bin");
        var bytes = await _http.GetByteArrayAsync(redirect.Headers.Location, Cancelled);
        using var head = await SendAsync(HttpMethod.Head, redirect.Headers.Location!.AbsoluteUri);

        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        Assert.Equal(_hub.CdnEndpoint.Authority, redirect.Headers.Location.Authority);
        Assert.Equal($"\"{Weights.Sha256}\"", Header(redirect, "X-Linked-ETag"));
        Assert.Equal("3000000", Header(redirect, "X-Linked-Size"));
        Assert.Equal(Weights.Sha256.Text, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.NotEqual($"\"{Weights.Sha256}\"", head.Headers.ETag!.Tag);
        Assert.False(head.Headers.Contains("X-Repo-Commit"));
        Assert.Equal(3_000_000, _hub.BytesServed(Weights.Sha256));
    }

    [Fact]
    public async Task A_signed_link_expires()
    {
        var link = await LinkAsync();
        _time.Advance(TimeSpan.FromHours(1));

        using var answer = await GetAsync(link);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_link_with_a_later_time_than_was_signed_is_refused()
    {
        var link = await LinkAsync();

        using var answer = await GetAsync(link.Replace("Expires=", "Expires=9", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "bytes 0-0/3000000", 1)]
    [InlineData("bytes=2999999-", 206, "bytes 2999999-2999999/3000000", 1)]
    [InlineData("bytes=10-9999999", 206, "bytes 10-2999999/3000000", 2_999_990)]
    [InlineData("bytes=-5", 206, "bytes 2999995-2999999/3000000", 5)]
    [InlineData("bytes=3000000-", 416, "bytes */3000000", 0)]
    [InlineData("bytes=0-1,4-5", 200, null, 3_000_000)]
    [InlineData("bytes=5-4", 200, null, 3_000_000)]
    public async Task A_range_is_answered_as_asked(string range, int status, string? contentRange, int length)
    {
        using var answer = await GetAsync(await LinkAsync(), ("Range", range));
        var bytes = await answer.Content.ReadAsByteArrayAsync(Cancelled);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
        Assert.Equal(length, bytes.Length);
        Assert.Equal(Weights.ToArray(answer.Content.Headers.ContentRange?.From ?? 0, length), bytes);
    }

    [Fact]
    public async Task A_known_etag_is_not_modified()
    {
        using var answer = await GetAsync("/acme/tiny/resolve/main/model.bin", ("If-None-Match", $"\"{Weights.Sha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "paths=config.json&paths=sub%2Fdeep&paths=none&expand=False")]
    [InlineData("application/json", """{"paths":["config.json","sub/deep","none"],"expand":false}""")]
    public async Task Paths_are_described_whether_asked_by_form_or_by_json(string type, string body)
    {
        using var asked = new StringContent(body, Encoding.UTF8, type);
        using var answer = await _http.PostAsync("/api/models/acme/tiny/paths-info/main", asked, Cancelled);
        var entries = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!.AsArray();

        Assert.Equal(["file", "directory"], entries.Select(entry => entry!["type"]!.GetValue<string>()));
    }

    async Task<string> LinkAsync()
    {
        using var redirect = await GetAsync("/acme/tiny/resolve/main/model.bin");
        return redirect.Headers.Location!.AbsoluteUri;
    }

    async Task<JsonNode> JsonAsync(string address) => JsonNode.Parse(await _http.GetStringAsync(address, Cancelled))!;

    async Task<HttpStatusCode> StatusAsync(string address, string? token = null)
    {
        using var answer = token is null ? await GetAsync(address) : await GetAsync(address, ("Authorization", $"Bearer {token}"));
        return answer.StatusCode;
    }

    Task<HttpResponseMessage> GetAsync(string address, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, address, headers);

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, Cancelled);
    }

    static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
