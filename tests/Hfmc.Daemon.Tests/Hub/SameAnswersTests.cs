using System.Text.Json.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A client cannot tell the daemon from its upstream, but for Xet ids, which would lead it away.</summary>
public sealed class SameAnswersTests
{
    const int Hubs = 6, Questions = 60;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task The_same_question_gets_the_same_answer_directly_and_through_the_daemon(bool isHere) =>
        Seeds.RunAsync($"{nameof(The_same_question_gets_the_same_answer_directly_and_through_the_daemon)}({isHere})", Hubs, async random =>
        {
            await using var upstream = await FakeHub.StartAsync(new() { WithXet = true, LfsThreshold = 1000 }, Cancelled);
            await using var daemon = await DaemonRig.StartAsync(upstream.Endpoint);
            var questions = new RandomHub(random).Fill(upstream);
            if (isHere)
                questions.PutInto(daemon);
            for (var i = 0; i < Questions; i++)
            {
                var ask = questions.Ask();
                var direct = await ReadAsync(ask, upstream.Endpoint);
                // What is known from the first time says the same.
                Assert.Equal($"{ask}\n{direct}", $"{ask}\n{await ReadAsync(ask, daemon.Http.BaseAddress!)}");
                Assert.Equal($"{ask}\n{direct}", $"{ask}\n{await ReadAsync(ask, daemon.Http.BaseAddress!)}");
            }
        });

    // Status, what clients read of the headers, and the body: of a list all its pages.
    static async Task<string> ReadAsync(HubAsk ask, Uri host)
    {
        var answer = await ask.SendAsync(host, Cancelled);
        var body = answer.Headers.GetValueOrDefault("Content-Type") is "application/json; charset=utf-8" ? JsonNode.Parse(answer.Body is "" ? "null" : answer.Body) : null;
        for (var page = answer; page.Next is { } next;)
        {
            Assert.Equal((host.Host, host.Port), (next.Host, next.Port));
            page = await (ask with { Target = next.PathAndQuery }).SendAsync(host, Cancelled);
            foreach (var item in page.Json.AsArray().ToList())
                body!.AsArray().Add(item!.DeepClone());
        }
        var code = answer.Code;
        var commit = code is "EntryNotFound" ? answer["X-Repo-Commit"] : null;
        var raw = ask.Target.Contains("/raw/", StringComparison.Ordinal) && answer.Status is 200 ? $"{answer["ETag"]} {answer["Content-Length"]} {answer["X-Repo-Commit"]}" : null;
        return $"{answer.Status} {code} {answer["X-Error-Message"]} {commit} {raw} {answer.Next is not null}\n{(body is null ? answer.Body : Sorted(body)!.ToJsonString())}";
    }

    static JsonNode? Sorted(JsonNode? json) => json switch
    {
        JsonObject members => new JsonObject(members.Where(member => member.Key is not ("xetHash" or "xetEnabled"))
            .OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => json?.DeepClone(),
    };
}
