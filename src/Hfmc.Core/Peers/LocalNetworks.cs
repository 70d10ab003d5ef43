using System.Net;

namespace Hfmc.Core.Peers;

/// <summary>The addresses that count as one's own network: loopback, RFC 1918, 100.64/10 (RFC 6598), link-local, fc00::/7 (RFC 4193).</summary>
public static class LocalNetworks
{
    static readonly IPNetwork[] s_local =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fc00::/7"),
    ];

    public static bool Contains(IPAddress? address) => address is not null && Array.Exists(s_local, network => network.Contains(Plain(address)));

    public static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(Plain(address));

    // A socket for both families shows IPv4 callers as ::ffff:a.b.c.d.
    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
