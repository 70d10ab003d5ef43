using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>
/// What huggingface_hub was seen to ask (python-request-traces.json), asked of the daemon: each answer has what that client reads of it, or
/// it fails with an error of its own (hub-api, 2.3, 4 and 5).
/// </summary>
public sealed partial class PythonTracesTests : HubTest
{
    // The commit of the recorded hub.
    const string Recorded = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    FakeRepo _repo = null!;
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _repo = Upstream.Add("o/m");
        Upstream.AddUser("hf_someone", "someone");
        _commit = _repo.Commit(new Dictionary<string, byte[]>
        {
            ["config.json"] = new byte[160],
            ["sub dir/a+b#.bin"] = new byte[2000],
            ["sub dir/y/z.txt"] = [1],
            ["model.safetensors"] = new byte[3000],
            ["model.safetensors.index.json"] = [2],
        });
        _repo.Tag("v1", _commit).PullRequest(1, _commit);
    }

    public static TheoryData<string, string> Requests
    {
        get
        {
            var traces = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Hub", "python-request-traces.json"))).RootElement;
            var lines = traces.EnumerateObject().Where(trace => trace.Value.ValueKind is JsonValueKind.Array).SelectMany(trace => trace.Value.EnumerateArray());
            return [.. lines.SelectMany(line => Request().Matches(line.GetString()!)).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Distinct()];
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Each_request_is_answered_with_what_the_client_reads(string method, string target)
    {
        Daemon.Put(_repo, _commit, isPublic: true);
        target = target.Replace(Recorded, _commit.Text, StringComparison.Ordinal);

        Check(target, await AskAsync(new(new(method), target, target.Contains("whoami", StringComparison.Ordinal) ? "hf_someone" : null,
            method is "POST" ? "paths=config.json&paths=sub+dir%2Fy&expand=true" : null, "application/x-www-form-urlencoded")));
    }

    [Fact]
    public void The_traces_are_all_read() => Assert.True(Requests.Count > 20);

    [Theory]
    [InlineData("/api/models/x/y/revision/main", "RepoNotFound")]
    [InlineData("/api/models/o/m/revision/nope", "RevisionNotFound")]
    [InlineData("/api/models/o/m/tree/main/additional_chat_templates?recursive=false&expand=false", "EntryNotFound")]
    [InlineData("/o/m/resolve/main/none.json", "EntryNotFound")]
    [InlineData("/o/m/resolve/nope/config.json", "RevisionNotFound")]
    public async Task An_error_has_the_code_by_which_the_client_knows_it(string target, string code)
    {
        var answer = await AskAsync(target);

        Assert.Equal(code, answer.Code);
        Assert.NotNull(answer["X-Error-Message"]);
        Assert.NotNull((string?)answer.Json["error"]);
        // The client remembers by it that the file does not exist.
        Assert.Equal(code is "EntryNotFound" ? _commit.Text : null, answer["X-Repo-Commit"]);
    }

    void Check(string target, HubAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("xet", string.Join(' ', answer.Headers.Keys.Concat(answer.Headers.Values)), StringComparison.OrdinalIgnoreCase);
        var path = target.Split('?')[0];
        if (path.Contains("/resolve/", StringComparison.Ordinal) || path.Contains("/resolve-cache/", StringComparison.Ordinal))
        {
            Assert.Equal(_commit.Text, answer["X-Repo-Commit"]);
            Assert.Matches("^\"[0-9a-f]{40,64}\"$", answer["X-Linked-ETag"] ?? answer["ETag"] ?? "");
            Assert.True(long.Parse(answer["Content-Length"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
            return;
        }
        Assert.DoesNotContain("xet", answer.Body, StringComparison.OrdinalIgnoreCase);
        if (!path.StartsWith("/api/models/o/m", StringComparison.Ordinal))
        {
            Assert.NotNull(answer.Json);
            return;
        }
        switch (path["/api/models/o/m".Length..].Split('/', 3))
        {
            case [""] or ["", "revision", ..]:
                CheckInfo(target, answer.Json.AsObject());
                break;
            case ["", "tree" or "paths-info", ..]:
                Assert.NotEmpty(answer.Json.AsArray());
                Assert.All(answer.Json.AsArray(), entry => CheckEntry(entry!.AsObject(), target.Contains("expand=true", StringComparison.Ordinal) || target.Contains("paths-info", StringComparison.Ordinal)));
                break;
            case ["", "refs"]:
                Assert.Equal(["branches", "converts", "tags"], Keys(answer.Json.AsObject()));
                Assert.Equal(["name", "ref", "targetCommit"], Keys(answer.Json["branches"]![0]!.AsObject()));
                break;
            case ["", "commits", ..]:
                Assert.Superset(new HashSet<string> { "authors", "date", "id", "message", "title" }, Keys(answer.Json[0]!.AsObject()).ToHashSet());
                break;
        }
    }

    void CheckInfo(string target, JsonObject info)
    {
        Assert.NotNull((string?)info["id"]);
        if (target.Contains("expand=", StringComparison.Ordinal))
        {
            Assert.Equal(["_id", "gated", "id", "sha"], Keys(info));
            return;
        }
        Assert.Equal(_commit.Text, (string?)info["sha"]);
        Assert.Equal(_repo.Find("main")!.Files.Select(file => file.Path.Text), info["siblings"]!.AsArray().Select(file => (string?)file!["rfilename"]));
        if (target.Contains("blobs=true", StringComparison.Ordinal))
            Assert.All(info["siblings"]!.AsArray(), file => Assert.True(file!["blobId"] is not null && (file["lfs"] is not JsonObject lfs || Keys(lfs).SequenceEqual(["pointerSize", "sha256", "size"]))));
    }

    static void CheckEntry(JsonObject entry, bool isExpanded)
    {
        Assert.True((string?)entry["type"] is "file" or "directory");
        Assert.Matches("^[0-9a-f]{40}$", (string?)entry["oid"]);
        Assert.NotNull(entry["size"]);
        Assert.NotNull((string?)entry["path"]);
        if (entry["lfs"] is JsonObject lfs)
            Assert.Equal(["oid", "pointerSize", "size"], Keys(lfs));
        if (isExpanded)
            Assert.NotNull(entry["lastCommit"]);
    }

    static IEnumerable<string> Keys(JsonObject json) => json.Select(member => member.Key).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\b(GET|HEAD|POST) (/(?:api|o/m)[^\s,]*)")]
    private static partial Regex Request();
}
