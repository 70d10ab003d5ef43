using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Hfmc.Core.Control;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Access;

/// <summary>
/// Decides who may ask for what, before any endpoint sees the request: control only over the Unix socket, peers only from networks
/// that are allowed, the Hub's API only from this machine unless the networks may too, and nothing for a web page of somebody else.
/// </summary>
sealed class Doorkeeper(RequestDelegate next, HubSwitches hub, NetworkSwitch networks, DaemonIdentity self)
{
    readonly HashSet<string> _ownNames = OwnNames(self);

    // Most callers use one name.
    volatile string _lastOwn = "";

    public Task InvokeAsync(HttpContext context)
    {
        var isControl = context.Request.Path.StartsWithSegments(ControlProtocol.Root);
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix })
            return isControl ? next(context) : Refuse(context, StatusCodes.Status404NotFound, "only control is spoken here");
        if (isControl)
            return Refuse(context, StatusCodes.Status404NotFound, "not here");

        // Methods are told apart by case (RFC 9110, 9.1), and what answers here does not always do so.
        if (context.Request.Method.AsSpan().ContainsAnyInRange('a', 'z'))
            return Refuse(context, StatusCodes.Status405MethodNotAllowed, "methods are written in capital letters");

        var caller = context.Connection.RemoteIpAddress;
        var isPeer = context.Request.Path.StartsWithSegments(PeerProtocol.Root);
        if (!networks.Current.Welcomes(caller))
            return Refuse(context, StatusCodes.Status403Forbidden, "this daemon does not answer callers from this address; 'hfmc conf allow get' and 'hfmc conf deny get' there tell whom it does");
        if (!isPeer && !hub.Current.OpenToLan && !LocalNetworks.IsLoopback(caller))
            return Refuse(context, StatusCodes.Status403Forbidden, "this daemon is a Hub for its own machine only; 'hfmc conf hub.open set lan' there opens it");
        if (IsForeignPage(context.Request))
            return Refuse(context, StatusCodes.Status403Forbidden, "this daemon does not answer web pages");
        // A greeting tells who is here and that TLS is wanted; it holds nothing that is not known to all.
        if (isPeer && self.Tls is TlsChoice.Always && !context.Request.IsHttps && context.Request.Path != $"{PeerProtocol.Root}/hello")
            return Refuse(context, StatusCodes.Status426UpgradeRequired, "this daemon answers peers over TLS only");
        return next(context);
    }

    // A page of another site says so in Origin or Sec-Fetch-Site; one that rebinds its name to our address says its name in Host.
    bool IsForeignPage(HttpRequest request)
    {
        var host = request.Host;
        if (host.Value is { Length: > 0 } said && said != _lastOwn)
        {
            if (!IsOwnHost(host.Host))
                return true;
            _lastOwn = said;
        }
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return true;
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == host.Value);
    }

    bool IsOwnHost(string host) => IPAddress.TryParse(host.Trim('[', ']'), out _) || _ownNames.Contains(host);

    static HashSet<string> OwnNames(DaemonIdentity self)
    {
        var network = IPGlobalProperties.GetIPGlobalProperties();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost", PeerClient.HostName, PeerClient.HostNameOf(self.Node), network.HostName, $"{network.HostName}.local" };
        if (network.DomainName.Length > 0)
            names.Add($"{network.HostName}.{network.DomainName}");
        return names;
    }

    static Task Refuse(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Message"] = reason;
        return context.Response.WriteAsync($"{reason}\n");
    }
}
