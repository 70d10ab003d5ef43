using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>Who asks over HTTP, after his connection and his headers.</summary>
static class HubCaller
{
    const string Scheme = "Bearer ";

    public static ViewCaller Of(HttpContext context)
    {
        var via = context.Request.Headers[HubClient.ViaHeader].ToString();
        return new(TokenOf(context.Request), LocalNetworks.IsLoopback(context.Connection.RemoteIpAddress), via.Length > 0 ? via : null);
    }

    static AccessToken? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && AccessToken.TryParse(header[Scheme.Length..], out var token)
            ? token
            : null;
}
