using System.Net;
using System.Net.Sockets;

namespace Hfmc.Core.Settings;

/// <summary>Reads networks in CIDR form, or an address that stands for itself alone. Each failure is a <see cref="FormatException"/>.</summary>
static class NetworkWords
{
    // Bits. The largest networks that one organisation has are of this size; what is larger is the internet, or a slip of the finger.
    const int ShortestV4 = 8, ShortestV6 = 20;

    /// <summary>Networks that may be answered: of the private ones any, of the others none that is a large part of the internet.</summary>
    public static IReadOnlyList<IPNetwork> Allowed(IReadOnlyList<string> words) => Some(SettingWords.AtLeastOne(words, word =>
    {
        var network = Network(word);
        var isSmall = network.PrefixLength >= (network.BaseAddress.AddressFamily is AddressFamily.InterNetwork ? ShortestV4 : ShortestV6);
        return isSmall || NetworkRules.Private.Any(own => own.Contains(network.BaseAddress) && own.PrefixLength <= network.PrefixLength)
            ? network
            : throw new FormatException($"{SettingWords.Quote(word)} is a large part of the internet, and a daemon is for one's own networks: want the network of your machines, for example 192.168.0.0/16");
    }));

    /// <summary>Networks that are not answered, of any size.</summary>
    public static IReadOnlyList<IPNetwork> Denied(IReadOnlyList<string> words) => Some(SettingWords.Each(words, Network));

    public static IReadOnlyList<string> Show(IReadOnlyList<IPNetwork> networks) => [.. networks.Select(network => network.ToString())];

    static IReadOnlyList<IPNetwork> Some(IReadOnlyList<IPNetwork> networks) =>
        networks.Count <= NetworkRules.Most ? networks : throw new FormatException($"takes {NetworkRules.Most} networks at most, and {networks.Count} are given");

    static IPNetwork Network(string word)
    {
        var (text, prefix) = word.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (word[..slash], word[(slash + 1)..]) : (word, null);
        // The system's parser takes 10 for 0.0.0.10, and 010 for 8.
        if (!IPAddress.TryParse(text, out var address) || text.Contains('[') || (address.AddressFamily is AddressFamily.InterNetwork && address.ToString() != text) || address.ScopeIdOrNone() is not 0)
            throw Wanted(word);
        if (address.IsIPv4MappedToIPv6)
            throw new FormatException($"{SettingWords.Quote(word)} is an IPv4 network in the clothes of IPv6: want it as {address.MapToIPv4()} and its prefix");
        var most = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        if (prefix is not null && (prefix.Length is 0 or > 3 || !prefix.All(char.IsAsciiDigit) || int.Parse(prefix) > most))
            throw Wanted(word);
        var bits = prefix is null ? most : int.Parse(prefix);
        var first = First(address, bits);
        return first.Equals(address) ? new(address, bits) : throw new FormatException($"{SettingWords.Quote(word)} is an address inside a network: want {first}/{bits} for the network, or {address} for it alone");
    }

    static IPAddress First(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new(bytes);
    }

    static long ScopeIdOrNone(this IPAddress address) => address.AddressFamily is AddressFamily.InterNetworkV6 ? address.ScopeId : 0;

    static FormatException Wanted(string word) => new($"{SettingWords.Quote(word)} is not a network: want for example 192.168.1.0/24, fd00::/8, or an address");
}
