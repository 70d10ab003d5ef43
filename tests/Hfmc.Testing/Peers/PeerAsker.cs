using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;

namespace Hfmc.Testing;

/// <summary>A question to a daemon, below <c>/peer/v1</c>.</summary>
public sealed record Question(string Method, string Path, string? Json = null)
{
    public RangeHeaderValue? Range { get; init; }
}

/// <summary>Asks a daemon as some node, with or without proof of it: what hfmc's own client would never say too.</summary>
public sealed class PeerAsker : IDisposable
{
    readonly HttpClient _http;
    readonly string? _membership;
    readonly CancellationToken _cancelled;

    public PeerAsker(PeerAddress daemon, NodeCertificate? self, string? membership, bool overTls, CancellationToken cancellationToken)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = self is null ? null : SslStreamCertificateContext.Create(self.Certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
        };
        _http = new(handler) { BaseAddress = new(overTls ? daemon.SecureRoot : daemon.Root, "/peer/v1/") };
        (_membership, _cancelled) = (membership, cancellationToken);
    }

    /// <summary>Status, headers and body in one text, without what differs from answer to answer anyway.</summary>
    public async Task<string> AskAsync(Question question)
    {
        using var answer = await OpenAsync(question);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date")
            .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n\n{await answer.Content.ReadAsStringAsync(_cancelled)}";
    }

    public async Task<HttpResponseMessage> OpenAsync(Question question)
    {
        using var request = new HttpRequestMessage(new(question.Method), new Uri(question.Path.TrimStart('/'), UriKind.Relative));
        if (question.Json is { } json)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Range = question.Range;
        request.Headers.Host = "hfmc";
        if (_membership is not null)
            request.Headers.TryAddWithoutValidation(PeerProtocol.MemberHeader, _membership);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancelled);
    }

    public void Dispose() => _http.Dispose();
}
