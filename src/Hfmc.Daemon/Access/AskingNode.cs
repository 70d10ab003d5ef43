using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Access;

/// <summary>Which node asks.</summary>
static class AskingNode
{
    /// <summary>The one whose key the caller has, over TLS; null when none was shown.</summary>
    public static NodeId? Proven(HttpContext context) => context.Connection.ClientCertificate is { } certificate ? NodeCertificate.IdOf(certificate) : null;

    /// <summary>The proven one, else the one that the caller says: good for what is public, where a lie costs a copy at the most.</summary>
    public static NodeId? Said(HttpContext context) =>
        Proven(context) ?? (NodeId.TryParse(context.Request.Headers[PeerClient.NodeHeader].ToString(), out var node) ? node : null);
}
