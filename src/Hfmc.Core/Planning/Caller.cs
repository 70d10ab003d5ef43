using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>On whose behalf an add runs: their upstreams in order, each with the token it may see; none when they are offline.</summary>
public sealed record Caller(IReadOnlyList<Upstream> Upstreams, bool SymlinksOff)
{
    /// <summary>Their way to the upstreams; null: as the process that runs the add has it.</summary>
    public ProxySettings? Proxies { get; init; }

    /// <summary>What the settings and the login of this process say.</summary>
    public static Caller From(HfmcSettings settings, AccessToken? token) =>
        new(settings.Offline ? [] : [.. settings.Sources.Select(source => Upstream(source, settings, token))], settings.SymlinksOff) { Proxies = settings.Proxies };

    static Upstream Upstream(HubEndpoint source, HfmcSettings settings, AccessToken? token)
    {
        var address = new Uri(source.Text);
        var isHub = settings.TokenHome.IsOriginOf(address) || HubEndpoint.HuggingFace.IsOriginOf(address);
        return new(address, isHub ? SourceKind.Hub : SourceKind.Mirror, settings.MaySeeToken(address) ? token : null);
    }
}
