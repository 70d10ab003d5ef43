using Hfmc.Core.Settings;

namespace Hfmc.Core.Planning;

/// <summary>Who asks the daemon as a Hub: never the daemon's owner, whose token is for his own commands alone.</summary>
/// <param name="Token">His own; null for a stranger.</param>
/// <param name="IsLocal">He asks from this machine.</param>
/// <param name="Via">The daemons that his question has passed through, as <see cref="Hub.HubClient.ViaHeader"/> names them.</param>
public sealed record ViewCaller(AccessToken? Token, bool IsLocal, string? Via = null)
{
    public override string ToString() => IsLocal ? "a caller of this machine" : "a caller of the network"; // A record would print its token.
}
