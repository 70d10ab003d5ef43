using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>What hfmc does: complete, checked, immutable. Made from what was said: option before environment before config.json before default.</summary>
public sealed record HfmcSettings
{
    internal const string EndpointVariable = "HF_ENDPOINT";

    public required HomePaths Home { get; init; }

    /// <summary>Absolute; not made by reading the settings.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The folder that huggingface_hub calls its hub cache.</summary>
    public string HubFolder => Path.Combine(CacheFolder, "hub");

    /// <summary>1 to 65535.</summary>
    public required int Port { get; init; }

    public required IReadOnlyList<IPAddress> Bind { get; init; }

    /// <summary>Upstreams in the order they are asked; at least one.</summary>
    public required IReadOnlyList<HubEndpoint> Sources { get; init; }

    /// <summary>Where the token comes from and goes to: HF_ENDPOINT, else huggingface.co.</summary>
    public required HubEndpoint TokenHome { get; init; }

    /// <summary>What HF_ENDPOINT said and is not followed, because it is this machine's own daemon; null when there is no such thing.</summary>
    public HubEndpoint? IgnoredEndpoint { get; init; }

    /// <summary>Further https hosts that may see the token.</summary>
    public required IReadOnlyList<HubEndpoint> TokenHosts { get; init; }

    public required bool PeersOn { get; init; }

    /// <summary>What goes to and from peers over TLS.</summary>
    public required TlsChoice Tls { get; init; }

    /// <summary>What the daemon offers as Xet.</summary>
    public required XetChoice HubXet { get; init; }

    /// <summary>As they were when the settings were read; a daemon reads them again.</summary>
    public required LimitSettings Limits { get; init; }

    /// <summary>As it was when the settings were read; a daemon reads it again.</summary>
    public required HubSettings Hub { get; init; }

    /// <summary>As they were when the settings were read; a daemon reads them again.</summary>
    public required NetworkRules Networks { get; init; }

    /// <summary>No upstream is asked; peers still are.</summary>
    public required bool Offline { get; init; }

    /// <summary>The way to upstreams; peers and this machine itself are never behind a proxy.</summary>
    public required ProxySettings Proxies { get; init; }

    /// <summary>Snapshots hold copies instead of links.</summary>
    public required bool SymlinksOff { get; init; }

    /// <summary>Every key of <see cref="SettingKeys"/> with its words and their origin, for <c>conf show</c>.</summary>
    public required IReadOnlyList<ChosenSetting> Chosen { get; init; }

    /// <summary>Reads config.json and the environment.</summary>
    public static HfmcSettings Load(ProcessEnvironment environment, SettingsInput options)
    {
        var home = HomePaths.From(environment);
        return From(home, options, environment, new ConfigFile(home.ConfigFile).Read());
    }

    /// <summary>Checks what was said. A bad value is an <see cref="InputException"/> that names its place.</summary>
    public static HfmcSettings From(HomePaths home, SettingsInput options, ProcessEnvironment environment, SettingsInput config)
    {
        var own = OwnEndpointIn(home, options, environment, config);
        var heeded = own is null ? environment : environment.Without(EndpointVariable);
        ChosenSetting[] chosen = [.. SettingKeys.All.Select(key => key.Choose(options, heeded, config))];
        return new()
        {
            Home = home,
            CacheFolder = Value(SettingKeys.Cache),
            Port = Value(SettingKeys.Port),
            Bind = Value(SettingKeys.Bind),
            Sources = Value(SettingKeys.Sources),
            TokenHome = TokenHomeIn(heeded),
            IgnoredEndpoint = own,
            TokenHosts = Value(SettingKeys.TokenHosts),
            PeersOn = Value(SettingKeys.Peers),
            Tls = Value(SettingKeys.Tls),
            HubXet = Value(SettingKeys.HubXet),
            Limits = new(Value(SettingKeys.LimitUp), Value(SettingKeys.LimitDown), Value(SettingKeys.LimitWan)),
            Hub = new(Value(SettingKeys.HubOpen), Value(SettingKeys.HubOfflineRestricted)),
            Networks = new(Value(SettingKeys.Allow), Value(SettingKeys.Deny)),
            Offline = environment.IsTrue("HF_HUB_OFFLINE") || environment.IsTrue("TRANSFORMERS_OFFLINE"),
            Proxies = ProxySettings.From(environment),
            SymlinksOff = environment.IsTrue("HF_HUB_DISABLE_SYMLINKS"),
            Chosen = chosen,
        };

        T Value<T>(SettingKey<T> key) => chosen.OfType<ChosenSetting<T>>().Single(setting => setting.Key == key).Value;
    }

    /// <summary>The value of one key that holds: found also when config.json has a wrong value for another.</summary>
    public static ChosenSetting Look(SettingKey key, ProcessEnvironment environment)
    {
        var home = HomePaths.From(environment);
        var file = new ConfigFile(home.ConfigFile);
        var own = key == SettingKeys.Sources && OwnEndpoint.LoopbackEndpoint(environment) is not null
            ? OwnEndpointIn(home, SettingsInput.Nothing, environment, file.Read(SettingKeys.Port))
            : null;
        return key.Choose(SettingsInput.Nothing, own is null ? environment : environment.Without(EndpointVariable), file.Read(key));
    }

    /// <summary>True for the token's home and for the hosts the user named: same scheme, host and port.</summary>
    public bool MaySeeToken(Uri address) => TokenHome.IsOriginOf(address) || TokenHosts.Any(host => host.IsOriginOf(address));

    static HubEndpoint? OwnEndpointIn(HomePaths home, SettingsInput options, ProcessEnvironment environment, SettingsInput config) =>
        SettingKeys.Port.Choose(options, environment, config) is ChosenSetting<int> port ? OwnEndpoint.In(environment, home, port.Value) : null;

    static HubEndpoint TokenHomeIn(ProcessEnvironment environment)
    {
        try
        {
            return environment[EndpointVariable] is { } endpoint && !string.IsNullOrWhiteSpace(endpoint) ? HubEndpoint.Parse(endpoint.Trim()) : HubEndpoint.HuggingFace;
        }
        catch (FormatException error)
        {
            throw new InputException($"{EndpointVariable}: {error.Message}", error);
        }
    }
}
