using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>The table of settings, in the order they are shown. A new setting is one entry here.</summary>
public static class SettingKeys
{
    // Above the entries: they add themselves to it in the order of this text.
    static readonly List<SettingKey> s_all = [];

    public static readonly SettingKey<string> Cache = Add(new SettingKey<string>(
        read: CachePath.Read,
        show: folder => [folder])
    {
        Name = "cache",
        Meaning = "folder of the models, which are under its hub/",
        Form = SettingForm.Text,
        Default = ["~/.cache/hfmc"],
        Variable = "HFMC_CACHE",
        NeedsRestart = true,
    });

    public static readonly SettingKey<int> Port = Add(new SettingKey<int>(
        read: (words, _) => SettingWords.WholeNumber(SettingWords.Single(words), 1, IPEndPoint.MaxPort),
        show: port => [$"{port}"])
    {
        Name = "port",
        Meaning = "the daemon's port",
        Form = SettingForm.Number,
        Default = ["9090"],
        Variable = "HFMC_PORT",
        NeedsRestart = true,
    });

    public static readonly SettingKey<IReadOnlyList<IPAddress>> Bind = Add(new SettingKey<IReadOnlyList<IPAddress>>(
        read: (words, _) => SettingWords.AtLeastOne(words, SettingWords.Address),
        show: addresses => [.. addresses.Select(address => address.ToString())])
    {
        Name = "bind",
        Meaning = "addresses that the daemon listens on",
        Form = SettingForm.List,
        Default = ["0.0.0.0", "::"],
        Variable = "HFMC_BIND",
        NeedsRestart = true,
    });

    public static readonly SettingKey<IReadOnlyList<HubEndpoint>> Sources = Add(new SettingKey<IReadOnlyList<HubEndpoint>>(
        read: (words, _) => SettingWords.AtLeastOne(words, HubEndpoint.Parse),
        show: sources => [.. sources.Select(source => source.Text)])
    {
        Name = "sources",
        Meaning = "upstreams, asked in this order; HF_ENDPOINT is then the only one",
        Form = SettingForm.List,
        Default = ["https://hf-mirror.com", HubEndpoint.HuggingFace.Text],
        Variable = HfmcSettings.EndpointVariable,
    });

    public static readonly SettingKey<IReadOnlyList<HubEndpoint>> TokenHosts = Add(new SettingKey<IReadOnlyList<HubEndpoint>>(
        read: (words, _) => SettingWords.Each(words, SettingWords.SecureHost),
        show: hosts => [.. hosts.Select(host => host.Text)])
    {
        Name = "token-hosts",
        Meaning = "further hosts that may see the token, over https only",
        Form = SettingForm.List,
        Default = [],
    });

    public static readonly SettingKey<bool> Peers = Add(new SettingKey<bool>(
        read: (words, _) => SettingWords.Switch(SettingWords.Single(words)),
        show: on => [on ? "on" : "off"])
    {
        Name = "peers",
        Meaning = "off: never ask peers",
        Form = SettingForm.Switch,
        Default = ["on"],
    });

    public static readonly SettingKey<IReadOnlyList<IPNetwork>> Allow = Add(new SettingKey<IReadOnlyList<IPNetwork>>(
        read: (words, _) => NetworkWords.Allowed(words),
        show: NetworkWords.Show)
    {
        Name = "allow",
        Meaning = "networks whose machines are answered; this one always is",
        Form = SettingForm.List,
        Default = NetworkWords.Show(NetworkRules.Private),
        DaemonIsTold = true,
    });

    public static readonly SettingKey<IReadOnlyList<IPNetwork>> Deny = Add(new SettingKey<IReadOnlyList<IPNetwork>>(
        read: (words, _) => NetworkWords.Denied(words),
        show: NetworkWords.Show)
    {
        Name = "deny",
        Meaning = "networks that are not answered, though they are allowed",
        Form = SettingForm.List,
        Default = [],
        DaemonIsTold = true,
    });

    public static readonly SettingKey<ByteRate> LimitUp = Add(Limit("limit.up", "bytes a second to peers"));

    public static readonly SettingKey<ByteRate> LimitDown = Add(Limit("limit.down", "bytes a second from peers"));

    public static readonly SettingKey<ByteRate> LimitWan = Add(Limit("limit.wan", "bytes a second from upstreams"));

    public static readonly SettingKey<bool> HubOpen = Add(Choice("hub.open", "who may use the daemon as HF_ENDPOINT: this machine (off) or its networks too (lan)", "lan", "off"));

    public static readonly SettingKey<bool> HubOfflineRestricted = Add(Choice(
        "hub.offline-restricted", "allow: while no upstream can say who may see it, programs of this machine see what is not known to be public", "allow", "deny"));

    public static readonly SettingKey<XetChoice> HubXet = Add(new SettingKey<XetChoice>(
        read: (words, _) => SettingWords.Choice<XetChoice>(SettingWords.Single(words)),
        show: offers => [offers.ToString().ToLowerInvariant()])
    {
        Name = "hub.xet",
        Meaning = "Xet ids for clients of the daemon: off, on, or auto: for files over 50 GB",
        Form = SettingForm.Text,
        Default = ["auto"],
        NeedsRestart = true,
    });

    public static readonly SettingKey<TlsChoice> Tls = Add(new SettingKey<TlsChoice>(
        read: (words, _) => SettingWords.Choice<TlsChoice>(SettingWords.Single(words)),
        show: choice => [choice.ToString().ToLowerInvariant()])
    {
        Name = "tls",
        Meaning = "what goes to and from peers over TLS: off: nothing, restricted: what is not public, always: all",
        Form = SettingForm.Text,
        Default = ["restricted"],
        NeedsRestart = true,
    });

    public static IReadOnlyList<SettingKey> All => s_all;

    /// <summary>The key of that name, or null.</summary>
    public static SettingKey? Find(string name) => s_all.Find(key => key.Name == name);

    public static SettingKey Parse(string name) =>
        Find(name) ?? throw new InputException($"{SettingWords.Quote(name)} is not a setting: want {Names()}");

    /// <summary>All names, for error messages.</summary>
    public static string Names() => string.Join(", ", s_all.Select(key => key.Name));

    static SettingKey<ByteRate> Limit(string name, string meaning) => new(
        read: (words, _) => ByteRate.Parse(SettingWords.Single(words)),
        show: rate => [rate.ToString()])
    {
        Name = name,
        Meaning = meaning,
        Form = SettingForm.Text,
        Default = [ByteRate.Off.ToString()],
        DaemonIsTold = true,
    };

    // One of two words, of which the second is the default.
    static SettingKey<bool> Choice(string name, string meaning, string yes, string no) => new(
        read: (words, _) => SettingWords.OneOf(SettingWords.Single(words), yes, no),
        show: on => [on ? yes : no])
    {
        Name = name,
        Meaning = meaning,
        Form = SettingForm.Text,
        Default = [no],
        DaemonIsTold = true,
    };

    static SettingKey<T> Add<T>(SettingKey<T> key)
    {
        s_all.Add(key);
        return key;
    }
}
