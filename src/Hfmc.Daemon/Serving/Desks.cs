using Hfmc.Core.Peers;
using Hfmc.Daemon.Access;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Decides who may see what is not public: a member of this machine's cluster that proves over TLS, with its own key, that it is the node
/// that its certificate names. Everybody else stands at the desk for everybody, where the rest does not exist.
/// </summary>
/// <param name="everybody">Of what is public.</param>
/// <param name="members">Of everything that has a record.</param>
/// <param name="pass">Null when this machine can be in no cluster.</param>
sealed class Desks(Desk everybody, Desk members, ClusterPass? pass)
{
    public Desk For(HttpContext context) => IsMember(context) ? members : everybody;

    /// <summary>What members tell each other; null for everybody else, and without a cluster.</summary>
    public PeerClusterMessage? Greet(HttpContext context, PeerClusterMessage? said)
    {
        if (said is null || !IsMember(context))
            return null;
        pass?.Hear(said);
        return pass?.Message();
    }

    public bool IsMember(HttpContext context) =>
        pass is not null && AskingNode.Proven(context) is { } node && pass.IsMember(node, context.Request.Headers[PeerProtocol.MemberHeader].ToString());
}
