using System.Net;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>The way to the upstream leads through a proxy: it is taken, by command and daemon, or it is said why it cannot be.</summary>
public sealed class ProxyTests : NodeTest
{
    [Fact]
    public async Task A_command_and_the_daemon_that_works_for_it_take_the_proxy_of_the_command()
    {
        var hub = await HubAsync(new() { Style = HubStyle.Direct });
        Publish(hub, "acme/one", ("config.json", BytesContent.Of("{}")));
        Publish(hub, "acme/two", ("config.json", BytesContent.Of("{ }")));
        var proxy = Keep(new ProxyServer(ProxyKind.Socks5, new(IPAddress.Loopback, hub.Endpoint.Port)) { Login = "me:hunter2" });
        var node = Node("lone").At(new("http://hub.invalid"));
        await node.StartDaemonAsync();
        node.With("all_proxy", $"socks5h://me:hunter2@127.0.0.1:{proxy.Port}");

        await node.AddAsync("acme/one");
        await node.RunAsync("daemon", "stop");
        await node.AddAsync("acme/two");

        Assert.All(proxy.Asked, asked => Assert.Equal("socks5 hub.invalid:80", asked));
        Assert.InRange(proxy.Asked.Count, 2, 100);
    }

    [Theory]
    [InlineData("HTTPS_PROXY", "quic://me:hunter2@proxy.example:1")]
    [InlineData("all_proxy", "http://me:hunter2@:3128")]
    [InlineData("no_proxy", "10.0.0.0/64")]
    public async Task A_variable_that_cannot_be_used_is_exit_2_and_named(string variable, string value)
    {
        var told = (await Node("lone").With(variable, value).RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(2);

        Assert.Contains(variable, told.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.DoesNotContain("hunter2", told.ToString());
    }
}
