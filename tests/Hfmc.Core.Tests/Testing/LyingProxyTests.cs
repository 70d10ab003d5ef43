using System.Net;
using System.Net.Http.Headers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed class LyingProxyTests : IAsyncLifetime
{
    static readonly PatternContent Weights = new(25_000_000);

    readonly HttpClient _http = new();
    FakeHub _hub = null!;
    LyingProxy? _proxy;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(new() { Style = HubStyle.Direct }, Cancelled);
        _hub.Add("acme/tiny").Commit(new Dictionary<string, FileContent> { ["model.bin"] = Weights });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task It_turns_one_bit_of_each_ten_megabytes()
    {
        using var answer = await AskAsync(Lie.Flip, "/acme/tiny/resolve/main/model.bin");

        var (told, true_) = (await answer.Content.ReadAsByteArrayAsync(Cancelled), Weights.ToArray());
        var wrong = Enumerable.Range(0, told.Length).Where(at => told[at] != true_[at]);
        Assert.Equal([LyingProxy.FlipEvery - 1, 2 * LyingProxy.FlipEvery - 1], wrong);
    }

    [Fact]
    public async Task It_tells_wrong_sizes_with_right_bytes()
    {
        using var answer = await AskAsync(Lie.Size, "/acme/tiny/resolve/main/model.bin", new(10, 19));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(Weights.Size + 1, answer.Content.Headers.ContentRange?.Length);
        Assert.Equal(Weights.ToArray(10, 10), await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task It_tells_wrong_sizes_in_json()
    {
        using var answer = await AskAsync(Lie.Size, "/api/models/acme/tiny/tree/main");

        Assert.Contains($"\"size\":{Weights.Size + 1}", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_questions_and_withholds_bytes()
    {
        using var question = await AskAsync(Lie.Withhold, "/api/models/acme/tiny");
        Assert.Equal(HttpStatusCode.OK, question.StatusCode);

        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        impatient.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _http.GetAsync(new Uri(_proxy!.Endpoint, "/acme/tiny/resolve/main/model.bin"), HttpCompletionOption.ResponseHeadersRead, impatient.Token));
    }

    async Task<HttpResponseMessage> AskAsync(Lie lie, string path, RangeItemHeaderValue? range = null)
    {
        _proxy ??= await LyingProxy.StartAsync(_hub.Endpoint, lie, cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_proxy.Endpoint, path));
        request.Headers.Range = range is null ? null : new(range.From, range.To);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }
}
