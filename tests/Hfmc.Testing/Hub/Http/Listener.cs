using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hfmc.Testing;

/// <summary>One Kestrel port, without a host around it, that can close and open again at the same number.</summary>
sealed class Listener(IPAddress address, int port, Func<HttpContext, Task> handle) : IAsyncDisposable
{
    // With no buffer a flush ends when the socket took the bytes, so the counters count what left.
    static readonly SocketTransportOptions Unbuffered = new() { MaxWriteBufferSize = 1 };

    KestrelServer? _server;
    Socket? _kept;
    Uri? _endpoint;
    int _connections;

    /// <summary>The address at the first start; every later start takes the same port.</summary>
    public Uri Endpoint => _endpoint ?? throw new InvalidOperationException("the listener was never started");

    /// <summary>Connections accepted since the start.</summary>
    public int Connections => _connections;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
            return;
        _kept?.Dispose();
        var server = new KestrelServer(Options.Create(OptionsFor(_endpoint?.Port ?? port)),
            new SocketTransportFactory(Options.Create(Unbuffered), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        await server.StartAsync(new Application(handle), cancellationToken);
        _endpoint ??= new(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        _server = server;
    }

    /// <summary>Refuses new connections and cuts the open ones. The port stays taken: another server there would answer in its place.</summary>
    public async Task StopAsync()
    {
        if (!await CloseAsync())
            return;
        var kept = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        kept.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        kept.Bind(new IPEndPoint(address, Endpoint.Port));
        _kept = kept;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _kept?.Dispose();
    }

    async Task<bool> CloseAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server)
            return false;
        await server.StopAsync(new(canceled: true));
        server.Dispose();
        return true;
    }

    KestrelServerOptions OptionsFor(int wanted)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
        };
        options.Limits.MinResponseDataRate = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Listen(address, wanted, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => Counted(next, connection));
        });
        return options;
    }

    Task Counted(ConnectionDelegate next, ConnectionContext connection)
    {
        Interlocked.Increment(ref _connections);
        return next(connection);
    }

    sealed class Application(Func<HttpContext, Task> handle) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handle(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
