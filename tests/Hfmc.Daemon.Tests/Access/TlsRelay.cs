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

/// <summary>Stands between two nodes: answers what the other one answers, with a key of its own.</summary>
sealed class TlsRelay : IAsyncDisposable
{
    readonly HttpClient _http = new();
    readonly PeerAddress _other;
    readonly WebApplication _app;

    TlsRelay(PeerAddress other)
    {
        _other = other;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, new TlsDoor(Self, TimeProvider.System).Open));
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public NodeCertificate Self { get; } = NodeCertificate.Create();

    public PeerAddress Address { get; private set; }

    public static async Task<TlsRelay> StartAsync(PeerAddress other, CancellationToken cancellationToken)
    {
        var relay = new TlsRelay(other);
        await relay._app.StartAsync(cancellationToken);
        var bound = relay._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        relay.Address = new("127.0.0.1", new Uri(bound).Port);
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    async Task PassAsync(HttpContext context)
    {
        using var answer = await _http.GetAsync(new Uri(_other.Root, $"{context.Request.Path}{context.Request.QueryString}"), context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "application/json";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
