namespace Hfmc.Core.Settings;

/// <summary>How fast one process may move bytes: to peers, from peers, and from upstreams.</summary>
public sealed record LimitSettings(ByteRate Up, ByteRate Down, ByteRate Wan)
{
    static readonly ProcessEnvironment s_none = new(new Dictionary<string, string>());

    /// <summary>What config.json says by now; its other members may be wrong. No variable says anything about limits.</summary>
    public static LimitSettings Read(HomePaths home)
    {
        var file = new ConfigFile(home.ConfigFile);
        return new(Value(SettingKeys.LimitUp), Value(SettingKeys.LimitDown), Value(SettingKeys.LimitWan));

        ByteRate Value(SettingKey<ByteRate> key) => ((ChosenSetting<ByteRate>)key.Choose(SettingsInput.Nothing, s_none, file.Read(key))).Value;
    }
}
