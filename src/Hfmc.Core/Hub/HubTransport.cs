using System.Net;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>The HTTP client for upstreams: redirects are ours (.NET drops the token on each), bytes stay as they are, limits are set.</summary>
public static class HubTransport
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="proxies">The way to them; null: none.</param>
    public static HttpMessageInvoker Create(ProxySettings? proxies = null)
    {
        var way = proxies ?? ProxySettings.None;
        return new(new ConnectionFaults(way, new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxResponseHeadersLength = 64,
            Proxy = new HubProxy(way),
            SslOptions = new() { RemoteCertificateValidationCallback = CertificateProblem.Judge },
        }));
    }
}
