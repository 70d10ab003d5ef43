namespace Hfmc.Core.Settings;

/// <summary>Whom the daemon answers as a Hub, and what it shows while no upstream can say who may see it.</summary>
/// <param name="OpenToLan">Machines of one's own networks may use it, not this machine alone.</param>
/// <param name="ShowsRestrictedOffline">Programs of this machine then see also what is not known to be public.</param>
public sealed record HubSettings(bool OpenToLan, bool ShowsRestrictedOffline)
{
    static readonly ProcessEnvironment s_none = new(new Dictionary<string, string>());

    /// <summary>What config.json says by now; its other members may be wrong. No variable says anything about it.</summary>
    public static HubSettings Read(HomePaths home)
    {
        var file = new ConfigFile(home.ConfigFile);
        return new(Value(SettingKeys.HubOpen), Value(SettingKeys.HubOfflineRestricted));

        bool Value(SettingKey<bool> key) => ((ChosenSetting<bool>)key.Choose(SettingsInput.Nothing, s_none, file.Read(key))).Value;
    }
}
