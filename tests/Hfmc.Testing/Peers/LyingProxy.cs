using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Testing;

/// <summary>What is wrong with what passes through a <see cref="LyingProxy"/>.</summary>
public enum Lie
{
    /// <summary>One bit of each 10 MB of payload is turned, unless another distance is given.</summary>
    Flip,

    /// <summary>Every size that is told, in JSON or in Content-Range, is one byte too large.</summary>
    Size,

    /// <summary>Questions are answered, bytes never come.</summary>
    Withhold,

    /// <summary>Connections are accepted, and nothing is ever answered.</summary>
    Mute,
}

/// <summary>Stands before a real daemon and spoils what it gives: what is JSON counts as an answer, all else as payload.</summary>
public sealed partial class LyingProxy : IAsyncDisposable
{
    public const int FlipEvery = 10_000_000;

    const int Step = 64 << 10;

    static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Content-Length"];

    readonly HttpClient _honest;
    readonly Listener _listener;
    readonly Lie _lie;
    readonly int _flipEvery;
    long _payload;

    LyingProxy(Uri target, Lie lie, int flipEvery, IPEndPoint listen)
    {
        (_lie, _flipEvery) = (lie, flipEvery);
        _honest = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = target,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _listener = new(listen.Address, listen.Port, HandleAsync);
    }

    public Uri Endpoint => _listener.Endpoint;

    /// <summary>Bytes of payload that passed.</summary>
    public long Payload => Volatile.Read(ref _payload);

    public static async Task<LyingProxy> StartAsync(Uri target, Lie lie, IPEndPoint? listen = null, int flipEvery = FlipEvery, CancellationToken cancellationToken = default)
    {
        var proxy = new LyingProxy(target, lie, flipEvery, listen ?? new(IPAddress.Loopback, 0));
        await proxy._listener.StartAsync(cancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _honest.Dispose();
    }

    async Task HandleAsync(HttpContext http)
    {
        try
        {
            if (_lie is Lie.Mute)
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            using var request = Ask(http);
            using var answer = await _honest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            CopyHead(answer, http.Response);
            if (answer.Content.Headers.ContentType?.MediaType is "application/json")
                await TellAsync(answer, http);
            else
                await GiveAsync(answer, http);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException)
        {
            http.Abort();
        }
    }

    static HttpRequestMessage Ask(HttpContext http)
    {
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new HttpRequestMessage(new(http.Request.Method), new Uri(raw, UriKind.Relative));
        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, values) in http.Request.Headers.Where(header => !OfTheConnection.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        request.Headers.Host = http.Request.Headers.Host;
        return request;
    }

    void CopyHead(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (!OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
                response.Headers[name] = values.ToArray();
        response.ContentLength = answer.Content.Headers.ContentLength;
        if (_lie is Lie.Size && answer.Content.Headers.ContentRange is { From: { } from, To: { } to, Length: { } length })
            response.Headers.ContentRange = $"bytes {from}-{to}/{length + 1}";
    }

    async Task TellAsync(HttpResponseMessage answer, HttpContext http)
    {
        var text = await answer.Content.ReadAsStringAsync(http.RequestAborted);
        if (_lie is Lie.Size)
            text = SizeMember().Replace(text, size => $"{size.Groups[1].Value}{long.Parse(size.Groups[2].Value, CultureInfo.InvariantCulture) + 1}");
        http.Response.ContentLength = null;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    async Task GiveAsync(HttpResponseMessage answer, HttpContext http)
    {
        if (_lie is Lie.Withhold && answer.IsSuccessStatusCode)
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        await using var body = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
        var buffer = new byte[Step];
        while (await body.ReadAsync(buffer, http.RequestAborted) is > 0 and var read)
        {
            Spoil(buffer.AsSpan(0, read));
            await http.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
        }
    }

    void Spoil(Span<byte> bytes)
    {
        var after = Interlocked.Add(ref _payload, bytes.Length);
        if (_lie is Lie.Flip && after / _flipEvery > (after - bytes.Length) / _flipEvery)
            bytes[(int)(bytes.Length - 1 - after % _flipEvery)] ^= 1;
    }

    [GeneratedRegex("""("size":\s*)(\d+)""")]
    private static partial Regex SizeMember();
}
