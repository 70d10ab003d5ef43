using System.Text;
using Hfmc.Daemon.Tests.Fuzz;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>Whatever a client asks, the daemon answers in order, never with an error of its own, and tells a stranger nothing that is private.</summary>
public sealed class HubFuzzTests : HubTest
{
    const int Cases = 40, Together = 16;

    const string Secret = "private-words.bin";

    static readonly string[] s_parts =
    [
        "%2F", "%2e%2e", "..", "//", "%00", "%", "%zz", "%ED%A0%80", "é", "?", "&", "expand=", "expand[]=x", "cursor=hfmc.", "cursor=hfmc.%%%", "cursor=x", "limit=-1", "limit=99999999999", "recursive=True",
        "resolve", "raw", "tree", "refs", "revision", "HEAD", "api", "models", "kernels", "resolve-cache", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", " ", "\t", ":", "\\", "@", "http://x/",
    ];

    [Fact(Timeout = 120_000)]
    public async Task No_question_brings_the_daemon_off_its_way()
    {
        var random = new Random(0);
        var questions = new RandomHub(random).Fill(Upstream);
        var repo = Upstream.Add("acme/secret").Allow(RandomHub.Member);
        repo.Private = true;
        Daemon.Put(repo, repo.Commit(new Dictionary<string, byte[]> { [Secret] = new byte[2000] }), isPublic: false);
        questions.PutInto(Daemon);

        await Seeds.RunAsync("questions", Cases, seeded => Task.WhenAll(Enumerable.Range(0, Together).Select(_ => AskRawAsync(new(seeded.Next())))));

        Assert.Equal(200, (await AskAsync("/api/agent-harnesses")).Status);
        var log = await File.ReadAllTextAsync(Daemon.LogFile, Cancelled);
        Assert.False(log.Contains("nhandled", StringComparison.Ordinal), log);
    }

    async Task AskRawAsync(Random random)
    {
        var target = Target(random);
        var body = random.Next(3) is 0 ? Mutation.Json(random, """{"paths":["config.json","onnx"],"expand":true}""") : null;
        var head = new StringBuilder($"{(body is null ? random.Next(4) is 0 ? "HEAD" : "GET" : "POST")} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if (random.Next(3) is 0)
            head.Append($"Authorization: {(string[])["Bearer hf_other", "Bearer", "bearer  x y", "Basic x", $"Bearer {new string('x', 600)}", "Bearer hf_é"] switch { var all => all[random.Next(all.Length)] }}\r\n");
        if (body is not null)
            head.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        var request = Encoding.UTF8.GetBytes($"{head}\r\n{body}");
        if (random.Next(4) is 0)
            request = Mutation.Of(random, request);

        var answer = await RawAnswer.AskAsync(Daemon.Http.BaseAddress!.Port, request, AfterSending.Close, Cancelled);

        var text = Encoding.Latin1.GetString(request);
        // 501 and 505 speak of what is no HTTP/1.1, 508 of a way that was made up.
        Assert.True(answer.Status is 0 or 501 or 505 or 508 || answer.Status / 100 is 2 or 3 or 4, $"{answer.Head}\n{text}");
        Assert.False(Encoding.Latin1.GetString(answer.Raw).Contains(Secret, StringComparison.Ordinal) && !text.Contains(Secret, StringComparison.Ordinal), $"{answer.Head}\n{text}");
    }

    static string Target(Random random)
    {
        string[] known =
        [
            "/api/models/acme/secret/tree/main?recursive=true", "/api/models/acme/secret?blobs=true", "/api/models/acme/tiny/tree/main/onnx?recursive=true&expand=true&limit=2", "/api/models/acme/tiny/paths-info/main",
            "/acme/secret/raw/main/x", "/gpt2/resolve/refs%2Fpr%2F1/config.json", "/api/datasets/acme/words_2.0/revision/v1.0?expand[]=likes", "/api/kernels/a/b/tree/main", "/api/spaces?search=x", "/api/models/acme/tiny/commits/HEAD",
            "/api/resolve-cache/models/acme/tiny/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/config.json", "/api/models/acme/tiny/xet-read-token/main",
        ];
        var target = known[random.Next(known.Length)];
        for (var left = random.Next(4); left > 0; left--)
        {
            var at = random.Next(1, target.Length + 1);
            target = random.Next(2) is 0 ? target.Insert(at, s_parts[random.Next(s_parts.Length)]) : target.Remove(at, random.Next(target.Length - at + 1));
        }
        return target;
    }
}
