using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Ctrl-C, and leaving a download to the daemon.</summary>
public sealed class InterruptTests : NodeTest
{
    const string Repo = "acme/slow";
    const long Size = 12_000_000;

    static readonly PatternContent Weights = new(Size, seed: 4);

    FakeHub _hub = null!;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, Repo, ("model.bin", Weights));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ctrl_C_ends_the_command_at_once_and_the_next_run_goes_on(bool withDaemon)
    {
        var node = Node("lone").At(_hub.Endpoint);
        if (withDaemon)
            await node.StartDaemonAsync();
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 1_500_000) { Side = HubSide.Cdn });
        var adding = node.Start("model", "add", "-r", Repo, "--json");
        await hang.Struck.WaitAsync(Cancelled);
        await UntilAsync(() => Directory.Exists(node.CacheRoot) && HeldBytes(node) >= 1_500_000);

        // The hub hangs on: nothing but the signal ends the command.
        var told = (await adding.Send(LocalProcess.Interrupt).EndAsync(Cancelled)).Ended(130);
        if (withDaemon)
            await UntilAsync(async () => (await node.StatusAsync()).GetProperty("transfers").GetArrayLength() is 0);
        _hub.Faults.Clear();
        var added = await node.AddAsync(Repo);

        Assert.Equal(130, told.Json.GetProperty("error").GetProperty("code").GetInt32());
        Assert.InRange(added.Disk, 1_500_000, Size);
        Assert.Equal(Size, added.Sum);
        // What was on the wire is lost; what the hub was sending when it was cut off is not in its count.
        Assert.InRange(_hub.BytesServed(), 1, Size + (8 << 20));
    }

    [Fact]
    public async Task A_detached_download_is_the_daemons_own()
    {
        var node = Node("lone").At(_hub.Endpoint);
        await node.StartDaemonAsync();
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 1_500_000) { Side = HubSide.Cdn });

        (await node.RunAsync("model", "add", "-r", Repo, "--detach")).Succeeded();
        await hang.Struck.WaitAsync(Cancelled);
        var transfer = Assert.Single((await node.StatusAsync()).GetProperty("transfers").EnumerateArray());
        _hub.Faults.Clear();
        await UntilAsync(async () => (await node.StatusAsync()).GetProperty("transfers").GetArrayLength() is 0);
        var added = await node.AddAsync(Repo);

        Assert.Equal(Weights.Sha256.Text, transfer.GetProperty("etag").GetString());
        Assert.Equal(Size, added.Disk);
    }

    [Fact]
    public async Task Nothing_can_be_left_to_a_daemon_that_does_not_run()
    {
        var told = (await Node("lone").At(_hub.Endpoint).RunAsync("model", "add", "-r", Repo, "--detach", "--json")).Ended(3);

        Assert.Contains("hfmc daemon start", told.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_second_command_joins_the_first_one_in_the_daemon()
    {
        var node = Node("lone").At(_hub.Endpoint);
        await node.StartDaemonAsync();
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 1_500_000) { Side = HubSide.Cdn });
        var first = node.Start("model", "add", "-r", Repo, "--json");
        await hang.Struck.WaitAsync(Cancelled);
        var second = node.Start("model", "add", "-r", Repo, "--json");
        await _hub.WaitAsync(hub => hub.Requests.Count(request => request.Target.Contains("/revision/")) >= 2, Cancelled);
        _hub.Faults.Clear();

        foreach (var command in (RunningCommand[])[first, second])
            Assert.Equal(Size, new Added((await command.EndAsync(Cancelled)).Succeeded().Json).Sum);
        Assert.Equal(Size, _hub.BytesServed());
    }

    static long HeldBytes(HfmcNode node) => Core.Store.PartialBlob.HeldOnDisk(node.Cache.PartialFolder, new(Weights.Sha256, Size));
}
