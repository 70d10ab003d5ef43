using System.Net;
using Hfmc.Core.Peers;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

public sealed class LocalNetworksTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.255.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("169.254.7.7")]
    [InlineData("::1")]
    [InlineData("fe80::1%3")]
    [InlineData("fd00::7")]
    [InlineData("fc00::7")]
    [InlineData("::ffff:192.168.1.7")]
    public void Ones_own_networks_are_local(string address) => Assert.True(LocalNetworks.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("11.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("fec0::1")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void The_rest_of_the_world_is_not(string address) => Assert.False(LocalNetworks.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.168.1.7", false)]
    [InlineData("fe80::1", false)]
    public void Loopback_is_this_machine_alone(string address, bool isLoopback) => Assert.Equal(isLoopback, LocalNetworks.IsLoopback(IPAddress.Parse(address)));

    [Fact]
    public void An_unknown_caller_is_nobodys_neighbour()
    {
        Assert.False(LocalNetworks.Contains(null));
        Assert.False(LocalNetworks.IsLoopback(null));
    }
}
