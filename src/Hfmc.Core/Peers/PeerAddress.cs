using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Hfmc.Core.Peers;

/// <summary>Where a peer listens: an IPv4 or IPv6 address or a DNS name, and a port (default 9090).</summary>
public readonly record struct PeerAddress(string Host, int Port)
{
    public const int DefaultPort = 9090;

    public static PeerAddress Parse(string text, int? port = null) =>
        TryParse(text, port, out var address)
            ? address
            : throw new InputException($"'{text.ReplaceLineEndings(" ")}' is not a peer: want an address or a name, with a port if it is not {DefaultPort}, for example 192.168.1.7:9091");

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[v6]:port</c> or a bare IPv6 address; a given <paramref name="port"/> is used where the text has none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, int? port, out PeerAddress address)
    {
        address = default;
        if (string.IsNullOrEmpty(text) || text.Length > 300)
            return false;
        // The system's parser reads [v6]:port too, and drops the port.
        if (!text.Contains('[') && IPAddress.TryParse(text, out var bare) && (bare.AddressFamily is AddressFamily.InterNetworkV6 || text.Split('.').Length is 4))
            return Make(bare.ToString(), port ?? DefaultPort, out address);

        var colon = text.LastIndexOf(':');
        var (host, portText) = colon > text.LastIndexOf(']') ? (text[..colon], text[(colon + 1)..]) : (text, null);
        if (host is ['[', .., ']'])
            host = IPAddress.TryParse(host[1..^1], out var v6) && v6.AddressFamily is AddressFamily.InterNetworkV6 ? v6.ToString() : "";
        if (portText is null)
            return Make(host, port ?? DefaultPort, out address);
        return int.TryParse(portText, System.Globalization.NumberStyles.None, null, out var said) && (port is null || port == said) && Make(host, said, out address);
    }

    /// <summary>The base of all its addresses: <c>http://host:port/</c>.</summary>
    public Uri Root => new($"http://{this}/");

    /// <summary>The same over TLS.</summary>
    public Uri SecureRoot => new($"https://{this}/");

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    static bool Make(string host, int port, out PeerAddress address)
    {
        address = new(host, port);
        // A dotted number that is no whole IPv4 address is a slip of the finger, though the system would read 1.2.3 as 1.2.0.3.
        return port is > 0 and <= 65535 && Uri.CheckHostName(host) is not UriHostNameType.Unknown
            && (!host.All(c => char.IsAsciiDigit(c) || c is '.') || (IPAddress.TryParse(host, out var number) && number.ToString() == host));
    }
}
