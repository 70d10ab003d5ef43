using System.Net;
using System.Net.NetworkInformation;

namespace Hfmc.Core.Peers;

/// <summary>Addresses that lead back here. What this cannot see, such as a name of this machine in DNS, shows in the node id of who answers.</summary>
public static class ThisMachine
{
    /// <summary>True when the peer is one of this machine's own addresses on its own port.</summary>
    public static bool Is(PeerAddress peer, int ownPort) => peer.Port == ownPort && Is(peer.Host);

    static bool Is(string host)
    {
        if (!IPAddress.TryParse(host, out var address))
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || Addresses().Contains(address);
    }

    static IEnumerable<IPAddress> Addresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
