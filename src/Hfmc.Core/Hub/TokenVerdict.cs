using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>What the homes of a token say of it. All null: none could be asked.</summary>
/// <param name="Account">Whose it is, as the first home says that accepts it.</param>
/// <param name="Home">That home.</param>
/// <param name="Rejection">A home that clearly said no, when none said yes.</param>
/// <param name="Silence">Why the last home that did not answer did not.</param>
public sealed record TokenVerdict(Account? Account, HubEndpoint? Home, string? Rejection, string? Silence)
{
    /// <summary>Asks the token's home, then the further hosts that may see it, one by one; none when offline.</summary>
    public static async Task<TokenVerdict> AskAsync(
        HfmcSettings settings, AccessToken token, TimeProvider time, string userAgent, CancellationToken cancellationToken)
    {
        if (settings.Offline)
            return new(null, null, null, "HF_HUB_OFFLINE is set");
        using var http = HubTransport.Create(settings.Proxies);
        string? rejection = null, silence = null;
        foreach (var home in settings.TokenHosts.Prepend(settings.TokenHome).Distinct())
        {
            var upstream = new Upstream(new(home.Text), SourceKind.Hub, token);
            try
            {
                var account = await new HubClient(upstream, http, time, userAgent, via: null).WhoAmIAsync(cancellationToken);
                return new(account, home, null, null);
            }
            catch (HubRefusal refusal) when (refusal.Reason is HubReason.BadToken)
            {
                rejection ??= refusal.Message;
            }
            catch (SourceException error)
            {
                silence = error.Message;
            }
        }
        return new(null, null, rejection, silence);
    }
}
