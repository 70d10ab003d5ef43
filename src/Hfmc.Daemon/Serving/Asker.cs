using System.Net;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Access;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>Who is sent bytes. Limits are shared by askers, not by connections: one with many of them gets no more than one with few.</summary>
readonly record struct Asker
{
    Asker(IPAddress? address, NodeId? node) => (Address, Node) = (address, node);

    public IPAddress? Address { get; }

    /// <summary>Its word, so it tells apart only the nodes of this machine.</summary>
    public NodeId? Node { get; }

    /// <summary>False for programs of this machine that use it as their Hub.</summary>
    public bool IsPeer => Address is not null;

    public static Asker LocalProgram => default;

    /// <summary>Who uses this daemon as a Hub: a program of this machine, or one elsewhere, which shares the limit with peers.</summary>
    public static Asker Client(HttpContext context) => IPAddress.IsLoopback(context.Connection.RemoteIpAddress ?? IPAddress.None) ? LocalProgram : Peer(context);

    public static Asker Peer(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var address = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        return new(address, IPAddress.IsLoopback(address) ? AskingNode.Said(context) : null);
    }
}
