using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hfmc.Daemon.Tests.Access;

/// <summary>Something with a key of its own on a port, in the clear and over TLS, that answers what it likes.</summary>
sealed class TlsServer : IAsyncDisposable
{
    readonly WebApplication _app;

    TlsServer(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, new TlsDoor(Self, TimeProvider.System).Open));
        _app = builder.Build();
        _app.Run(answer);
    }

    public NodeCertificate Self { get; } = NodeCertificate.Create();

    public PeerAddress Address { get; private set; }

    public static async Task<TlsServer> StartAsync(RequestDelegate answer, CancellationToken cancellationToken)
    {
        var server = new TlsServer(answer);
        await server._app.StartAsync(cancellationToken);
        var bound = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Address = new("127.0.0.1", new Uri(bound).Port);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
