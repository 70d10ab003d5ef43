using System.Net;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>The addresses that count as one's own network, whatever the settings say.</summary>
public static class LocalNetworks
{
    public static bool Contains(IPAddress? address) => NetworkRules.Default.Welcomes(address);

    public static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
