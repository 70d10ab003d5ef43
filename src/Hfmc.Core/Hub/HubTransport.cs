using System.Net;

namespace Hfmc.Core.Hub;

/// <summary>The HTTP client for upstreams: redirects are ours (.NET drops the token on each), bytes stay as they are, limits are set.</summary>
public static class HubTransport
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        MaxResponseHeadersLength = 64,
        Proxy = new ProxyBeyondLoopback(HttpClient.DefaultProxy),
    });

    // HTTP_PROXY and its kin come with HttpClient.DefaultProxy; a service on this machine is never behind them.
    sealed class ProxyBeyondLoopback(IWebProxy environment) : IWebProxy
    {
        public ICredentials? Credentials { get => environment.Credentials; set => environment.Credentials = value; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : environment.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || environment.IsBypassed(host);
    }
}
