using System.Diagnostics;
using System.Net;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed class FakeHubFaultTests : IAsyncLifetime
{
    const string Small = "/acme/tiny/resolve/main/small.bin";

    static readonly PatternContent Weights = new(3_000_000);

    readonly HttpClient _http = new();
    FakeHub _hub = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { Style = HubStyle.Direct }, Cancelled);
        _hub.Add("acme/tiny").Commit(new Dictionary<string, FileContent> { ["model.bin"] = Weights, ["small.bin"] = new PatternContent(1000) });
        _http.BaseAddress = _hub.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2_000_001)]
    public async Task A_closed_connection_delivers_exactly_the_bytes_before_it(int bytes)
    {
        _hub.Faults.Add(FaultKind.CloseAfter, bytes);

        var (received, error) = await ReceiveAsync("/acme/tiny/resolve/main/model.bin");

        Assert.IsType<HttpIOException>(error);
        Assert.Equal(Weights.ToArray(0, bytes), received);
        Assert.Equal(bytes, _hub.BytesServed(Weights.Sha256));
    }

    [Fact]
    public async Task A_reset_connection_is_an_error_for_the_client()
    {
        _hub.Faults.Add(FaultKind.ResetAfter, 100);

        var (_, error) = await ReceiveAsync(Small);

        Assert.NotNull(error);
    }

    [Fact]
    public async Task A_hang_lasts_until_it_is_released()
    {
        var hang = _hub.Faults.Add(FaultKind.HangAfter, 400);
        var receiving = ReceiveAsync(Small);
        await hang.Struck.WaitAsync(Cancelled);
        Assert.Equal(400, _hub.BytesServed());
        Assert.False(receiving.IsCompleted);

        hang.Release();
        var (received, error) = await receiving;
        Assert.Null(error);
        Assert.Equal(1000, received.Length);
    }

    [Fact]
    public async Task Disposing_the_hub_ends_a_hang()
    {
        var hang = _hub.Faults.Add(FaultKind.HangAfter, 0);
        var receiving = ReceiveAsync(Small);
        await hang.Struck.WaitAsync(Cancelled);

        await _hub.DisposeAsync();
        await receiving.WaitAsync(Cancelled);
    }

    [Theory]
    [InlineData(FaultKind.TooFewBytes, 990)]
    [InlineData(FaultKind.TooManyBytes, 1010)]
    public async Task A_wrong_length_is_still_a_complete_response(FaultKind kind, int length)
    {
        _hub.Faults.Add(kind, 10);

        var (received, error) = await ReceiveAsync(Small);

        Assert.Null(error);
        Assert.Equal(length, received.Length);
    }

    [Fact]
    public async Task A_flipped_bit_spoils_one_byte_even_of_a_range()
    {
        _hub.Faults.Add(FaultKind.FlippedBit, 700);
        var right = new PatternContent(1000).ToArray(600, 400);

        var (received, _) = await ReceiveAsync(Small, "bytes=600-");

        Assert.Equal(100, Assert.Single(Enumerable.Range(0, 400), at => received[at] != right[at]));
    }

    [Fact]
    public async Task Only_the_file_named_and_only_so_often_is_struck()
    {
        var fault = _hub.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "small.bin", After = 1, Times = 2 });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/acme/tiny/resolve/main/model.bin"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Small));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(Small));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(Small));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Small));
        Assert.Equal(2, fault.Strikes);
    }

    [Fact]
    public async Task A_rate_limit_says_how_long_to_wait()
    {
        _hub.Faults.Add(new Fault(FaultKind.TooManyRequests) { Path = "/", Times = 1, Delay = TimeSpan.FromSeconds(7) });

        using var answer = await _http.GetAsync("/api/models/acme/tiny", Cancelled);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/models/acme/tiny"));
    }

    [Fact]
    public async Task A_range_may_be_ignored_or_mislabelled()
    {
        _hub.Faults.Add(new Fault(FaultKind.IgnoreRange) { Times = 1 });
        _hub.Faults.Add(new Fault(FaultKind.WrongContentRange, bytes: 3) { Times = 1 });

        var (whole, _) = await ReceiveAsync(Small, "bytes=10-19");
        using var request = new HttpRequestMessage(HttpMethod.Get, Small) { Headers = { Range = new(10, 19) } };
        using var answer = await _http.SendAsync(request, Cancelled);

        Assert.Equal(1000, whole.Length);
        Assert.Equal(13, answer.Content.Headers.ContentRange!.From);
    }

    [Fact]
    public async Task A_length_may_be_kept_back()
    {
        _hub.Faults.Add(FaultKind.NoContentLength);

        using var answer = await _http.GetAsync(Small, HttpCompletionOption.ResponseHeadersRead, Cancelled);

        Assert.True(answer.Headers.TransferEncodingChunked);
        Assert.Equal(1000, (await answer.Content.ReadAsByteArrayAsync(Cancelled)).Length);
    }

    [Fact]
    public async Task A_wrong_etag_is_well_formed()
    {
        _hub.Faults.Add(FaultKind.WrongETag);

        using var answer = await _http.GetAsync(Small, Cancelled);

        Assert.True(Hfmc.Core.Repos.ETag.TryParseHeader(answer.Headers.ETag!.Tag, out var etag));
        Assert.NotEqual(new PatternContent(1000).GitSha1, etag);
    }

    [Fact]
    public async Task A_stopped_hub_refuses_and_a_restarted_one_is_where_it_was()
    {
        var endpoint = _hub.Endpoint;

        await _hub.StopAsync();
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(Small, Cancelled));
        await _hub.RestartAsync(cancellationToken: Cancelled);

        Assert.Equal(HttpRequestError.ConnectionError, refusal.HttpRequestError);
        Assert.Equal(endpoint, _hub.Endpoint);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Small));
    }

    [Fact]
    public async Task A_slow_answer_takes_its_time()
    {
        _hub.Faults.Add(FaultKind.Slow, 10_000);
        var watch = Stopwatch.StartNew();

        await ReceiveAsync(Small);

        // 1000 bytes at 10 000 a second, less the slack of 50 ms that a late timer may catch up.
        Assert.True(watch.ElapsedMilliseconds >= 40, "it came faster than it should");
    }

    async Task<HttpStatusCode> StatusAsync(string address)
    {
        using var answer = await _http.GetAsync(address, Cancelled);
        return answer.StatusCode;
    }

    async Task<(byte[] Received, Exception? Error)> ReceiveAsync(string address, string? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Range", range);
        var received = new MemoryStream();
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            await body.CopyToAsync(received, Cancelled);
            return (received.ToArray(), null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return (received.ToArray(), error);
        }
    }
}
