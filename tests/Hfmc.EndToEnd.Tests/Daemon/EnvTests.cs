using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

public sealed class EnvTests : NodeTest
{
    [Fact]
    public async Task Tools_are_pointed_at_the_daemon_while_it_runs()
    {
        var node = Node("lone");
        var endpoint = $"HF_ENDPOINT='http://localhost:{node.Port}'";

        var without = (await node.RunAsync("env")).Succeeded();
        await node.StartDaemonAsync();
        var with = (await node.RunAsync("env")).Succeeded();

        Assert.Equal($"# export {endpoint}", without.LastLine);
        Assert.Equal($"export {endpoint}", with.LastLine);
        Assert.Contains("/.cache/hfmc/hub'", with.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Hub_is_opened_and_shut_while_the_daemon_runs()
    {
        var node = Node("lone");
        await node.StartDaemonAsync();

        var told = (await node.RunAsync("conf", "hub.open", "set", "lan")).Succeeded();
        var wrong = (await node.RunAsync("conf", "hub.open", "set", "world")).Ended(2);

        Assert.DoesNotContain("restart", told.Stderr, StringComparison.Ordinal);
        Assert.Equal("lan", (await node.RunAsync("conf", "hub.open", "get")).Succeeded().LastLine);
        Assert.Contains("neither lan nor off", wrong.Stderr, StringComparison.Ordinal);
    }
}
