using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>A daemon whose HF_ENDPOINT is itself.</summary>
public sealed class OwnUpstreamTests : NodeTest
{
    FakeHub _hub = null!;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, "acme/tiny", ("config.json", BytesContent.Of("{}")));
    }

    [Fact]
    public async Task An_HF_ENDPOINT_that_is_the_daemon_itself_is_passed_over_with_a_warning()
    {
        var node = Node("narcissus").WithSources(_hub.Endpoint);
        node.At(node.Endpoint);
        await node.StartDaemonAsync();

        var told = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Succeeded();

        Assert.Contains("HF_ENDPOINT points to this machine's own daemon", told.Stderr);
        Assert.Equal(2, new Added(told.Json).Sum);
    }

    [Fact]
    public async Task A_daemon_among_its_own_sources_leaves_the_others_to_deliver()
    {
        var node = Node("narcissus");
        node.WithSources(node.Endpoint, _hub.Endpoint);
        await node.StartDaemonAsync();

        Assert.Equal(2, (await node.AddAsync("acme/tiny")).Sum);
        Assert.Equal(2, _hub.BytesServed());
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
