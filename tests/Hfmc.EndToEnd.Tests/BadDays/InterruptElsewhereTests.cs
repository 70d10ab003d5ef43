using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Signals at moments when no byte flows.</summary>
public sealed class InterruptElsewhereTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(2_000_000, seed: 13);

    FakeHub _hub = null!;
    HfmcNode _node = null!;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, Repo, ("model.bin", Weights));
        _node = Node("lone").At(_hub.Endpoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ctrl_C_is_heard_while_the_hub_thinks(bool withDaemon)
    {
        if (withDaemon)
            await _node.StartDaemonAsync();
        var thinking = _hub.Faults.Add(new Fault(FaultKind.Latency) { Path = "/api/", Delay = TimeSpan.FromSeconds(60) });
        var adding = _node.Start("model", "add", "-r", Repo, "--json");
        await thinking.Struck.WaitAsync(Cancelled);

        await EndsAsync(adding);
    }

    [Fact]
    public async Task Ctrl_C_is_heard_while_Python_holds_the_lock()
    {
        var locks = Directory.CreateDirectory(Path.Combine(_node.CacheRoot, "hub", ".locks", "models--acme--tiny")).FullName;
        await using var held = new FileStream(Path.Combine(locks, $"{Weights.Sha256}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var adding = _node.Start("model", "add", "-r", Repo, "--json");
        await _hub.WaitAsync(hub => hub.BytesServed() == Weights.Size, Cancelled);

        await EndsAsync(adding);
    }

    [Fact]
    public async Task Ctrl_C_is_heard_while_another_process_fetches_the_same_blob()
    {
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 100_000) { Side = HubSide.Cdn });
        var first = _node.Start("model", "add", "-r", Repo, "--json");
        await hang.Struck.WaitAsync(Cancelled);
        var second = _node.Start("model", "add", "-r", Repo, "--json");
        await _hub.WaitAsync(hub => hub.Requests.Count(request => request.Target.Contains("/tree/", StringComparison.Ordinal)) >= 2, Cancelled);

        await EndsAsync(second);
        _hub.Faults.Clear();
        (await first.EndAsync(Cancelled)).Succeeded();
    }

    [Fact]
    public async Task The_one_that_follows_takes_over_when_the_first_is_killed()
    {
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 100_000) { Side = HubSide.Cdn });
        var first = _node.Start("model", "add", "-r", Repo, "--json");
        await hang.Struck.WaitAsync(Cancelled);
        var second = _node.Start("model", "add", "-r", Repo, "--json");
        await _hub.WaitAsync(hub => hub.Requests.Count(request => request.Target.Contains("/tree/", StringComparison.Ordinal)) >= 2, Cancelled);
        _hub.Faults.Clear();
        await first.Send(LocalProcess.Kill).EndAsync(Cancelled);

        Assert.Equal(Weights.Size, new Added((await second.EndAsync(Cancelled)).Succeeded().Json).Sum);
    }

    [Fact]
    public async Task What_a_kill_leaves_of_small_files_goes_with_prune()
    {
        var files = Enumerable.Range(0, 200).Select(i => ($"f{i}.txt", (FileContent)new PatternContent(3000 + i))).ToArray();
        Publish(_hub, "acme/many", files);
        var adding = _node.Start("model", "add", "-r", "acme/many");
        await _hub.WaitAsync(hub => hub.Requests.Count(request => request.Target.Contains("resolve", StringComparison.Ordinal)) > 150, Cancelled);
        await adding.Send(LocalProcess.Kill).EndAsync(Cancelled);

        Assert.Equal(files.Length, (await _node.AddAsync("acme/many")).Files);
        // Younger files might still be somebody's.
        foreach (var file in Directory.GetFiles(_node.Cache.PartialFolder))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        (await _node.RunAsync("model", "prune", "-y")).Succeeded();

        Assert.Equal("", string.Join("\n", Directory.GetFiles(_node.Cache.PartialFolder)));
        Assert.Empty((await _node.RunAsync("model", "verify", "--json")).Succeeded().Json.GetProperty("wrong").EnumerateArray());
    }

    // What it waits for goes on not coming: nothing but the signal ends it.
    async Task EndsAsync(RunningCommand command) => (await command.Send(LocalProcess.Interrupt).EndAsync(Cancelled)).Ended(130);
}
