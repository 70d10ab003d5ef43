using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Hfmc.Testing;

public enum ProxyKind
{
    Http,
    Socks4,
    Socks5,
}

/// <summary>
/// A proxy on loopback that leads every host, whatever its name, to one real server, and notes what it was asked for and who asked.
/// </summary>
public sealed class ProxyServer : IAsyncDisposable
{
    readonly TcpListener _listener;
    readonly CancellationTokenSource _ending = new();
    readonly ConcurrentBag<Task> _running = [];
    readonly Task _accepting;

    /// <param name="kind">What it speaks; SOCKS 4 is also 4a.</param>
    /// <param name="target">Where it leads; null where nothing can be reached from it.</param>
    /// <param name="address">Where it listens; loopback and any free port by default.</param>
    public ProxyServer(ProxyKind kind, IPEndPoint? target, IPEndPoint? address = null)
    {
        (Kind, Target) = (kind, target);
        _listener = new(address ?? new(IPAddress.Loopback, 0));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ProxyKind Kind { get; }

    public IPEndPoint? Target { get; }

    /// <summary><c>user:password</c> that it wants; null: anybody may come.</summary>
    public string? Login { get; init; }

    /// <summary>With it, the proxy is itself reached over TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Answers to each request of HTTP with this status, if it is set.</summary>
    public int? Refusal { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Such as <c>GET hub.example:80</c>, <c>CONNECT hub.example:443</c>, <c>socks5 hub.example:443</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The logins that were shown.</summary>
    public ConcurrentQueue<string> Logins { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_running);
        _listener.Dispose();
        _ending.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
            try
            {
                Stream stream = client.GetStream();
                if (Certificate is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _ending.Token);
                    stream = secure;
                }
                await using (stream)
                    await (Kind is ProxyKind.Http ? new HttpProxyTalk(this, stream).RunAsync(_ending.Token) : new SocksProxyTalk(this, stream).RunAsync(_ending.Token));
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, or the test has ended.
            }
    }

    /// <summary>Carries bytes both ways until one side ends.</summary>
    internal static async Task JoinAsync(Stream one, Stream other, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(one.CopyToAsync(other, either.Token), other.CopyToAsync(one, either.Token));
        await either.CancelAsync();
        await first;
    }
}
