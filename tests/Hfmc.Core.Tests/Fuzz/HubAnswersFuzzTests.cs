using System.Text;
using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>Whatever an upstream answers, head or body, the asker gets an answer of the right shape or a <see cref="SourceException"/>, and soon.</summary>
public sealed class HubAnswersFuzzTests : IAsyncLifetime
{
    const string Commit = "0123456789abcdef0123456789abcdef01234567", Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    static readonly RepoId s_repo = RepoId.Parse("acme/tiny");

    static readonly string[] s_heads =
    [
        "Link: <https://huggingface.co/api/models/acme/tiny/tree/x?cursor=a>; rel=\"next\"", "Link: <http://[>; rel=next", "Link: <//evil.example/x>; rel=\"next\"", "Link: <file:///etc/passwd>; rel=\"next\"",
        "Retry-After: 99999999999999999999", "Retry-After: -1", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", "RateLimit: \"api\";r=0;t=999999999999999999999", "RateLimit: t=", "RateLimit: \"resolvers\";r=x;t=-5",
        "X-Error-Code: GatedRepo", "X-Error-Code: RevisionNotFound", "X-Error-Message: \u0001\u001b[31m", "X-Linked-Etag: W/\"\"", $"X-Linked-Etag: \"{Digest}\"", "X-Linked-Size: 99999999999999999999", "X-Linked-Size: -1", "X-Repo-Commit: ../../x",
        "Content-Range: bytes 0-4/*", "Content-Range: bytes 4-0/5", "Content-Range: bytes 0-9223372036854775807/9223372036854775808", "ETag: \"", "Content-Encoding: gzip", "Content-Encoding: br", "Location: http://127.0.0.1:1/", "Location: gopher://x", "Location: ",
    ];

    static readonly int[] s_statuses = [200, 200, 200, 200, 206, 204, 301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 416, 429, 451, 500, 503, 508];

    readonly RawServer _server = new();
    readonly HttpMessageInvoker _http = HubTransport.Create();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("repo", $$"""{"id":"acme/tiny","sha":"{{Commit}}","private":false,"gated":false,"siblings":[{"rfilename":"config.json"}]}""")]
    [InlineData("tree", $$"""[{"type":"file","oid":"{{Commit}}","size":5,"path":"config.json"},{"type":"directory","oid":"{{Commit}}","size":0,"path":"onnx"},{"type":"file","oid":"{{Commit}}","size":7,"path":"onnx/m.bin","lfs":{"oid":"{{Digest}}","size":7,"pointerSize":134},"xetHash":"{{Digest}}"}]""")]
    [InlineData("commits", $$"""[{"id":"{{Commit}}","title":"x"},{"id":"{{Digest}}"}]""")]
    [InlineData("whoami", """{"name":"me","orgs":[{"name":"acme"}],"auth":{"accessToken":{"displayName":"mine"}}}""")]
    [InlineData("file", "bytes")]
    public async Task A_wrong_answer_is_refused_and_never_a_crash(string question, string right)
    {
        await AskAsync(question, TimeProvider.System, Answer(200, [], Encoding.UTF8.GetBytes(right)));
        await Seeds.RunAsync($"upstream's answer to {question}", 120, async random =>
        {
            var body = Encoding.UTF8.GetBytes(random.Next(4) > 0 ? Mutation.Json(random, right) : right);
            if (random.Next(4) is 0)
                body = Mutation.Of(random, body);
            var answer = Answer(s_statuses[random.Next(s_statuses.Length)], [.. Enumerable.Range(0, random.Next(3)).Select(_ => s_heads[random.Next(s_heads.Length)])], body);
            _server.StaysOpen = random.Next(40) is 0;
            try
            {
                var time = new ManualTime();
                await _server.EndAsync(AskAsync(question, time, random.Next(8) is 0 ? Mutation.Of(random, answer) : answer), time);
            }
            catch (SourceException)
            {
                // As documented.
            }
        });
    }

    Task AskAsync(string question, TimeProvider time, byte[] answer)
    {
        _server.Answer = answer;
        var hub = new HubClient(new(new($"http://127.0.0.1:{_server.Port}"), SourceKind.Hub, null), _http, time, "test", null);
        var commit = CommitId.TryParse(Commit, out var parsed) ? parsed : default;
        return question switch
        {
            "repo" => hub.GetRepoAsync(s_repo, Revision.Main, anonymous: true, TestContext.Current.CancellationToken),
            "tree" => hub.GetSnapshotAsync(s_repo, commit, anonymous: true, TestContext.Current.CancellationToken),
            "commits" => hub.FindCommitAsync(s_repo, Revision.Parse("0123456"), anonymous: true, TestContext.Current.CancellationToken),
            "whoami" => hub.WhoAmIAsync(TestContext.Current.CancellationToken),
            _ => ReadAsync(hub, commit),
        };
    }

    static async Task ReadAsync(HubClient hub, CommitId commit)
    {
        var file = hub.File(s_repo, commit, new(FilePath.Parse("a.bin"), new(ETag.TryParse(Digest, out var etag) ? etag : default, 5)));
        using var body = await file.OpenAsync(new(0, 5), TestContext.Current.CancellationToken);
        Assert.Equal(5, body!.Range.Length);
    }

    static byte[] Answer(int status, string[] heads, byte[] body) =>
        [.. Encoding.Latin1.GetBytes($"HTTP/1.1 {status} Said\r\n{string.Concat(heads.Select(head => $"{head}\r\n"))}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];
}
