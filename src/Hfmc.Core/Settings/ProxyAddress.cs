using System.Globalization;
using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>A proxy as a variable names it: <c>[scheme://][user[:password]@]host[:port]</c>, where the scheme is http when it is left out.</summary>
/// <param name="Variable">The variable's name, for messages.</param>
/// <param name="Address">Scheme (http, https, socks4, socks4a or socks5), host and port: without user and password.</param>
/// <param name="Credential">Null when there is no user.</param>
public sealed record ProxyAddress(string Variable, Uri Address, NetworkCredential? Credential)
{
    // As Go and Python have them; curl takes 1080 for http too.
    const int HttpPort = 80, HttpsPort = 443, SocksPort = 1080;

    /// <summary>Null for an empty text, which means: no proxy. The text itself is never repeated: it may hold a password.</summary>
    /// <exception cref="InputException">It cannot be used.</exception>
    public static ProxyAddress? Parse(string variable, string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length is 0)
            return null;
        var end = trimmed.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "http" : SchemeOf(variable, trimmed[..end].ToLowerInvariant());
        var rest = end < 0 ? trimmed : trimmed[(end + 3)..];
        // What follows the authority means nothing to a proxy; desktops write a closing slash.
        var authority = rest.IndexOfAny(['/', '?', '#']) is >= 0 and var stop ? rest[..stop] : rest;
        var at = authority.LastIndexOf('@');
        var (host, port) = Split(variable, authority[(at + 1)..]) ?? throw NoAddress(variable);
        var known = scheme switch { "http" => HttpPort, "https" => HttpsPort, _ => SocksPort };
        return new(variable, new($"{scheme}://{host}:{(port ?? known).ToString(CultureInfo.InvariantCulture)}"), at < 0 ? null : CredentialOf(authority[..at]));
    }

    public override string ToString() => $"{Address.Scheme}://{Address.Host}:{Address.Port}";

    // curl takes socks for SOCKS 4. SOCKS 5 has names resolved by the proxy under either name, as with Go and with Python's httpx.
    static string SchemeOf(string variable, string scheme) => scheme switch
    {
        "http" or "https" or "socks4" or "socks4a" or "socks5" => scheme,
        "socks" => "socks4",
        "socks5h" => "socks5",
        _ => throw new InputException(
            $"{variable} names a proxy of a kind that hfmc cannot use: want http, https, socks4, socks4a, socks5 or socks5h before '://'; correct it or unset it"),
    };

    static (string Host, int? Port)? Split(string variable, string text)
    {
        var colon = text.EndsWith(']') ? -1 : text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown || (host.Contains(':') && !host.StartsWith('[')))
            return null;
        if (colon < 0 || colon == text.Length - 1)
            return (host, null);
        return PortNumber.TryParse(text[(colon + 1)..], out var port)
            ? (host, port)
            : throw new InputException($"{variable} names a proxy with a port that is none: want 1 to {PortNumber.Largest}; correct it or unset it");
    }

    static NetworkCredential CredentialOf(string text)
    {
        var colon = text.IndexOf(':');
        return colon < 0
            ? new(Uri.UnescapeDataString(text), "")
            : new(Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    static InputException NoAddress(string variable) => new(
        $"{variable} is not the address of a proxy: want [http://][USER:PASSWORD@]HOST:PORT, with special characters of the password as %XX; correct it or unset it");
}

/// <summary>A TCP port in text.</summary>
static class PortNumber
{
    public const int Largest = 65535;

    public static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= Largest;
}
