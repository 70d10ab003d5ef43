using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>A daemon that is told to end while it works.</summary>
public sealed class DaemonStopTests : NodeTest
{
    const long Size = 6_000_000;
    const int Terminate = 15;

    static readonly PatternContent Weights = new(Size, seed: 14);

    [Fact]
    public async Task Stop_cancels_what_runs_tells_the_command_and_loses_nothing()
    {
        var (hub, node, hang) = await HangingNodeAsync();
        var adding = node.Start("model", "add", "-r", "acme/slow", "--json");
        await hang.Struck.WaitAsync(Cancelled);

        // The hub hangs on: what runs is cut off.
        (await node.RunAsync("daemon", "stop")).Succeeded();
        var told = (await adding.EndAsync(Cancelled)).Ended(1);
        hub.Faults.Clear();
        await node.StartDaemonAsync();
        var added = await node.AddAsync("acme/slow");

        Assert.Contains("run the command again", told.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(Size, added.Sum);
        Assert.InRange(hub.BytesServed(), 1, Size + (8 << 20));
    }

    [Fact]
    public async Task SIGTERM_ends_it_in_order()
    {
        var (_, node, hang) = await HangingNodeAsync();
        var adding = node.Start("model", "add", "-r", "acme/slow", "--json");
        await hang.Struck.WaitAsync(Cancelled);
        var pid = node.DaemonPid!.Value;

        LocalProcess.Signal(pid, Terminate);
        await UntilAsync(() => !LocalProcess.IsAlive(pid));

        (await adding.EndAsync(Cancelled)).Ended(1);
        Assert.Null(node.DaemonPid);
        Assert.Empty(Directory.GetFiles(node.Environment["XDG_RUNTIME_DIR"], "daemon.sock", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Restart_takes_new_settings_and_the_same_place()
    {
        var node = Node("pegasus");
        await node.StartDaemonAsync();
        var before = node.DaemonPid;

        (await node.RunAsync("daemon", "restart")).Succeeded();

        Assert.NotEqual(before, node.DaemonPid);
        Assert.Equal(node.Port, (await node.StatusAsync()).GetProperty("port").GetInt32());
    }

    async Task<(FakeHub Hub, HfmcNode Node, Fault Hang)> HangingNodeAsync()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/slow", ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.StartDaemonAsync();
        return (hub, node, hub.Faults.Add(new Fault(FaultKind.HangAfter, 500_000) { Side = HubSide.Cdn }));
    }
}
