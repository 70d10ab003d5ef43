using Hfmc.Core.Hub;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Planning;

/// <summary>What views of the daemon's callers go by.</summary>
/// <param name="Upstreams">The upstreams in order, each with this token of a caller if it may see it; none when offline.</param>
/// <param name="PeersOn">Peers are asked when no upstream knows.</param>
/// <param name="ShowsRestrictedOffline">
/// Callers of this machine see what is restricted or not known to be public while no upstream can say whether they may.
/// </param>
public sealed record ViewRules(Func<AccessToken?, Caller> Upstreams, bool PeersOn, Func<bool> ShowsRestrictedOffline)
{
    /// <summary>After the settings; a caller without a token is a stranger everywhere, also on this machine.</summary>
    public static ViewRules From(HfmcSettings settings, Func<bool> showsRestrictedOffline) =>
        new(token => Caller.From(settings, token), settings.PeersOn, showsRestrictedOffline);
}
