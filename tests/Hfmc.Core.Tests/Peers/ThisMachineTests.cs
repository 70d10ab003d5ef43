using System.Net;
using System.Net.Sockets;
using Hfmc.Core.Peers;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

public sealed class ThisMachineTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void Its_own_addresses_on_its_own_port_are_itself(string host)
    {
        Assert.True(ThisMachine.Is(new(host, 9090), 9090));
        Assert.False(ThisMachine.Is(new(host, 9191), 9090));
    }

    [Fact]
    public void So_are_the_addresses_of_its_network_cards()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Sends nothing: it only chooses the card that would.
            socket.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
        }
        catch (SocketException)
        {
            Assert.Skip("this machine has no network");
        }

        Assert.True(ThisMachine.Is(new(((IPEndPoint)socket.LocalEndPoint!).Address.ToString(), 9090), 9090));
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("pegasus.example")]
    public void Others_are_not(string host) => Assert.False(ThisMachine.Is(new(host, 9090), 9090));

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("7")]
    [InlineData("1.2.3.400")]
    public void A_number_that_is_no_whole_address_is_no_peer(string text) => Assert.False(PeerAddress.TryParse(text, null, out _));

    [Theory]
    [InlineData("192.168.1.7", "192.168.1.7:9090")]
    [InlineData("fd00::7", "[fd00::7]:9090")]
    [InlineData("[fd00::7]:80", "[fd00::7]:80")]
    [InlineData("pegasus:81", "pegasus:81")]
    public void Addresses_and_names_are(string text, string shown) => Assert.Equal(shown, PeerAddress.Parse(text).ToString());
}
