using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>
/// Connections to peers: without proxy, cookies and redirects; in the clear, or over TLS 1.3 with this node's certificate. Who answers over
/// TLS is the node that is expected, or nobody is asked anything.
/// </summary>
static class PeerTransport
{
    /// <summary>Who must answer; the host header of such a request differs for each, so that none shares a connection with those to another.</summary>
    public static readonly HttpRequestOptionsKey<NodeId> Expected = new("hfmc.expected");

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    public static HttpMessageInvoker Create(NodeCertificate? self)
    {
        // Without looking for what issued it: it has issued itself, and nothing is to be fetched for it.
        var shown = self is null ? null : SslStreamCertificateContext.Create(self.Certificate, additionalCertificates: null, offline: true);
        return new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context, shown, cancellationToken),
        });
    }

    static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, SslStreamCertificateContext? shown, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var request = context.InitialRequestMessage;
        return request.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? await SecureAsync(new(socket, ownsSocket: true), new(context.DnsEndPoint.Host, context.DnsEndPoint.Port),
                request.Options.TryGetValue(Expected, out var node) ? node : null, shown, cancellationToken)
            : GatheringStream.Over(socket, TimeProvider.System);
    }

    static async ValueTask<Stream> SecureAsync(NetworkStream plain, PeerAddress peer, NodeId? expected, SslStreamCertificateContext? shown, CancellationToken cancellationToken)
    {
        NodeId? answers = null;
        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(new()
            {
                TargetHost = PeerClient.HostName,
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = shown,
                CertificateChainPolicy = NodeCertificate.JudgedByKeyAlone(),
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate is X509Certificate2 theirs && (answers = NodeCertificate.IdOf(theirs)) is not null && (expected is null || answers == expected),
            }, cancellationToken);
            return secure;
        }
        catch (Exception error)
        {
            await secure.DisposeAsync();
            throw error switch
            {
                _ when expected is { } was && answers is { } isNow && was != isNow => PeerTrust.Changed(peer, was, isNow),
                AuthenticationException or IOException => new SourceException(SourceFault.Unreachable, $"peer {peer} does not speak TLS as hfmc does ({error.Message})", inner: error),
                _ => error,
            };
        }
    }
}
