using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>
/// <c>NO_PROXY</c>: hosts that are reached without a proxy, parted by commas or blanks. <c>*</c> is all; a name is that host and
/// all below it, with or without a dot before it (<c>*.</c> is only those below); an address is itself; <c>10.0.0.0/8</c> is a
/// network of addresses; <c>:PORT</c> after a host means that port alone.
/// </summary>
public sealed class ProxyExceptions
{
    readonly List<Func<Target, bool>> _rules = [];

    public static ProxyExceptions None { get; } = new();

    /// <exception cref="InputException">A part of it means nothing.</exception>
    public static ProxyExceptions Parse(string variable, string text)
    {
        var exceptions = new ProxyExceptions();
        foreach (var entry in text.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
            exceptions._rules.Add(Rule(entry) ?? throw new InputException(
                $"{variable}: {SettingWords.Quote(entry)} is neither a host, an address, a network such as 10.0.0.0/8 nor *; correct it or leave it out"));
        return exceptions;
    }

    public bool Match(Uri address)
    {
        var host = address.IdnHost.TrimEnd('.');
        var target = new Target(host, IPAddress.TryParse(host, out var ip) ? Plain(ip) : null, address.Port);
        return _rules.Exists(rule => rule(target));
    }

    static Func<Target, bool>? Rule(string entry)
    {
        if (entry is "*")
            return _ => true;
        if (entry.Contains('/'))
            return Network(entry) is { } network ? target => target.Address is { } address && network.Contains(address) : null;
        if (Split(entry) is not var (text, port))
            return null;
        if (IPAddress.TryParse(text.Trim('[', ']'), out var ip))
            return target => Plain(ip).Equals(target.Address) && IsPort(target);
        var isBelow = text.StartsWith("*.", StringComparison.Ordinal);
        var name = text[(isBelow ? 1 : 0)..].Trim('.');
        if (Uri.CheckHostName(name) is UriHostNameType.Unknown)
            return null;
        name = new Uri($"http://{name}").IdnHost;
        return target => IsPort(target)
            && ((!isBelow && target.Host.Equals(name, StringComparison.OrdinalIgnoreCase)) || target.Host.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));

        bool IsPort(Target target) => port is null || port == target.Port;
    }

    // An IPv6 address may stand without brackets where no port follows.
    static (string Host, int? Port)? Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        if (colon < 0 || entry.EndsWith(']') || (!entry.StartsWith('[') && entry.IndexOf(':') != colon))
            return (entry, null);
        return PortNumber.TryParse(entry[(colon + 1)..], out var port) ? (entry[..colon], port) : null;
    }

    // Bits behind the prefix may be set: 10.1.2.3/8 is the network of that address.
    static IPNetwork? Network(string entry)
    {
        if (entry.Split('/') is not [var start, var length] || !IPAddress.TryParse(start.Trim('[', ']'), out var address) || !byte.TryParse(length, out var prefix))
            return null;
        var bytes = address.GetAddressBytes();
        if (prefix > bytes.Length * 8)
            return null;
        for (var bit = (int)prefix; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new(new(bytes), prefix);
    }

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    readonly record struct Target(string Host, IPAddress? Address, int Port);
}
