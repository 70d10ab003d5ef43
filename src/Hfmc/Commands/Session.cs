using Hfmc.Core.Control;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>What one command works with: its output, the environment, the settings. Everything is read at first use.</summary>
sealed class Session(OutputMode mode)
{
    HfmcSettings? _settings;
    PeerTrust? _trust;

    public Terminal Terminal { get; } = new(mode);

    public ProcessEnvironment Environment { get; } = ProcessEnvironment.Current();

    public TimeProvider Time => TimeProvider.System;

    public HfmcSettings Settings => _settings ??= Load();

    public HomePaths Home => _settings?.Home ?? HomePaths.From(Environment);

    /// <summary>The token that may be sent to its home, or null.</summary>
    public AccessToken? Token => new TokenStore(Environment).Read()?.Token;

    /// <summary>How commands know peers again, as this machine's daemon does.</summary>
    public PeerTrust Trust => _trust ??= new(Identity(), Settings.Tls, Settings.Home, Time);

    public PeerBook Peers => new(Home);

    /// <summary>Asks peers; who was silent for the last command is not waited for.</summary>
    public PeerRound PeerRound() => new(Peers, Home.Run, Time);

    /// <summary>The folder that was typed for an option or argument: absolute, with <c>~</c> expanded where the shell left it.</summary>
    public string Folder(string text, string option) => PathText.Absolute(text, option, Environment);

    /// <summary>The daemon's control socket, whether a daemon runs or not.</summary>
    public ControlClient Daemon() => new(Home.Run.Socket, ProgramVersion.Text);

    /// <summary>The cache that is configured, made at its first use; one that was chosen and used before must be there.</summary>
    public CacheFolder Cache() => OpenCache(Settings.CacheFolder, IsDefaultCache);

    /// <summary>Opens a cache and remembers that it was used: one that has vanished since is an unmounted disk.</summary>
    public CacheFolder OpenCache(string path, bool isDefault)
    {
        var used = new UsedCaches(Home);
        // People clear ~/.cache; what they chose themselves they do not.
        var cache = CacheFolder.Open(path, mayCreate: isDefault || !used.Contains(path));
        used.Note(cache.Root);
        return cache;
    }

    NodeCertificate Identity()
    {
        var identity = new NodeIdentity(Settings.Home);
        var self = identity.ReadOrCreate();
        if (identity.Replaced is { } former)
            Terminal.Say($"this machine was node {former.Short} and is node {self.Id.Short} from now on");
        return self;
    }

    HfmcSettings Load()
    {
        var settings = HfmcSettings.Load(Environment, SettingsInput.Nothing);
        if (settings.IgnoredEndpoint is not null)
            Terminal.Warn($"HF_ENDPOINT points to this machine's own daemon; using {string.Join(" and ", settings.Sources)} instead");
        return settings;
    }

    bool IsDefaultCache => Settings.Chosen.Single(setting => setting.Key == SettingKeys.Cache).Origin == SettingOrigin.Default;
}
