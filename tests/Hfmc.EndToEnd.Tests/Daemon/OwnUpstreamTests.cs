using System.Diagnostics;
using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>A daemon whose HF_ENDPOINT is itself.</summary>
public sealed class OwnUpstreamTests : NodeTest
{
    [Fact]
    public async Task A_daemon_that_is_its_own_upstream_says_so_and_does_not_hang()
    {
        var node = Node("narcissus");
        node.At(node.Endpoint);
        await node.StartDaemonAsync();

        var begun = Stopwatch.GetTimestamp();
        var told = await node.RunAsync("model", "add", "-r", "acme/tiny");

        Assert.NotEqual(0, told.ExitCode);
        Assert.Contains("this daemon itself", told.Stderr);
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Two_daemons_that_are_each_others_upstream_end_with_an_error()
    {
        var (one, other) = (Node("one"), Node("other"));
        one.At(other.Endpoint);
        other.At(one.Endpoint);
        await one.StartDaemonAsync();
        await other.StartDaemonAsync();

        (await one.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(3);
    }
}
