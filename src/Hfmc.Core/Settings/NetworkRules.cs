using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>
/// The networks whose machines are answered as peers, and of these the ones that are not: what is denied is denied whatever else is
/// allowed. This machine itself is always allowed, unless it is denied. Immutable.
/// </summary>
public sealed record NetworkRules(IReadOnlyList<IPNetwork> Allow, IReadOnlyList<IPNetwork> Deny)
{
    /// <summary>Networks that one list may name: each request is held against all of them.</summary>
    public const int Most = 64;

    static readonly ProcessEnvironment s_none = new(new Dictionary<string, string>());

    /// <summary>One's own networks: loopback, RFC 1918, 100.64/10 (RFC 6598), link-local, fc00::/7 (RFC 4193).</summary>
    public static IReadOnlyList<IPNetwork> Private { get; } =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>What holds while nobody says anything.</summary>
    public static NetworkRules Default { get; } = new(Private, []);

    /// <summary>What config.json says by now; its other members may be wrong. No variable says anything about networks.</summary>
    public static NetworkRules Read(HomePaths home)
    {
        var file = new ConfigFile(home.ConfigFile);
        return new(Value(SettingKeys.Allow), Value(SettingKeys.Deny));

        IReadOnlyList<IPNetwork> Value(SettingKey<IReadOnlyList<IPNetwork>> key) =>
            ((ChosenSetting<IReadOnlyList<IPNetwork>>)key.Choose(SettingsInput.Nothing, s_none, file.Read(key))).Value;
    }

    /// <summary>False for an address that is not known.</summary>
    public bool Welcomes(IPAddress? address)
    {
        if (address is null)
            return false;
        // A socket for both families shows IPv4 callers as ::ffff:a.b.c.d.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !IsIn(Deny, plain) && (IPAddress.IsLoopback(plain) || IsIn(Allow, plain));
    }

    static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address) => networks.Any(network => network.Contains(address));
}
