using System.Globalization;
using System.Text;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>Whatever a peer answers, the asker gets an answer of the right shape or a <see cref="SourceException"/>, and soon.</summary>
public sealed class PeerAnswersFuzzTests : IAsyncLifetime
{
    static readonly string[] s_heads =
    [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 204 No Content", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/", "HTTP/1.1 404 Not Found",
        "HTTP/1.1 409 Conflict", "HTTP/1.1 503 Busy\r\nRetry-After: 99999999999", "HTTP/1.1 503 Busy\r\nRetry-After: 2147483647", "HTTP/1.1 503 Busy\r\nRetry-After: -1", "HTTP/1.1 600 What", "HTTP/2 200 OK", "HTP", "",
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-99/*", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 99-10/5", "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 9223372036854775807-9223372036854775808/-1",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip", "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-7", "HTTP/1.1 200 OK\r\nX: \0\u0001", $"HTTP/1.1 200 OK\r\nX: {new string('x', 20_000)}",
    ];

    readonly RawServer _server = new();
    readonly HttpMessageInvoker _http = PeerClient.CreateTransport();

    public static TheoryData<string> Questions => [.. PeerAnswers.All.Select(exchange => exchange.Name)];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Questions))]
    public async Task A_right_answer_is_taken(string question)
    {
        var exchange = Of(question);
        _server.Answer = Whole(exchange.Head, exchange.Body);

        await AskAsync(exchange, TimeProvider.System);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Questions))]
    public async Task A_wrong_one_is_refused_and_never_a_crash(string question)
    {
        var exchange = Of(question);
        await Seeds.RunAsync($"answer to {question}", 120, async random =>
        {
            var body = exchange.IsJson && random.Next(4) > 0
                ? Encoding.UTF8.GetBytes(Mutation.Json(random, Encoding.UTF8.GetString(exchange.Body)))
                : Mutation.Of(random, exchange.Body);
            _server.Answer = Whole(exchange.Head, body);
            _server.StaysOpen = random.Next(40) is 0;
            if (random.Next(4) is 0)
                _server.Answer = Damaged(random, exchange, body);
            await RefuseAsync(exchange);
        });
    }

    async Task RefuseAsync(PeerExchange exchange)
    {
        try
        {
            var time = new ManualTime();
            await _server.EndAsync(AskAsync(exchange, time), time);
        }
        catch (SourceException)
        {
            // As documented.
        }
    }

    async Task AskAsync(PeerExchange exchange, TimeProvider time) =>
        await exchange.Ask(new(_http, time, NodeId.New()), new("127.0.0.1", _server.Port), Cancelled);

    static byte[] Damaged(Random random, PeerExchange exchange, byte[] body) => random.Next(4) switch
    {
        0 => Whole(s_heads[random.Next(s_heads.Length)], body),
        1 => Mutation.Of(random, Whole(exchange.Head, body)),
        2 => Whole($"{exchange.Head}\r\nContent-Length: {Mutation.Any(random)}", body, isCounted: false),
        _ => [.. Encoding.Latin1.GetBytes($"{exchange.Head}\r\nTransfer-Encoding: chunked\r\n\r\n{(random.Next(2) is 0 ? "7fffffffffffffff" : body.Length.ToString("x", CultureInfo.InvariantCulture))}\r\n"), .. body],
    };

    static byte[] Whole(string head, byte[] body, bool isCounted = true) =>
        [.. Encoding.Latin1.GetBytes($"{head}\r\n{(isCounted ? $"Content-Length: {body.Length}\r\n" : "")}Connection: close\r\n\r\n"), .. body];

    static PeerExchange Of(string question) => PeerAnswers.All.Single(exchange => exchange.Name == question);
}
