using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>Starting, ending, dying and sharing of daemons.</summary>
public sealed class DaemonLifeTests : NodeTest
{
    [Fact]
    public async Task A_daemon_is_ready_when_start_returns_and_gone_when_stop_returns()
    {
        var node = Node("pegasus");

        var started = await node.StartDaemonAsync();
        var running = await node.RunAsync("daemon", "status", "--json");
        var pid = running.Json.GetProperty("pid").GetInt32();
        var again = await node.StartDaemonAsync();
        (await node.RunAsync("daemon", "stop")).Succeeded();

        Assert.Equal(0, running.ExitCode);
        Assert.Equal(node.Port, running.Json.GetProperty("port").GetInt32());
        Assert.All(started.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Matches($"^on other machines: hfmc peer add [0-9a-f.:]+ -p {node.Port}$", line));
        Assert.Contains($"pid {pid}", again.Stderr);
        await UntilAsync(() => !LocalProcess.IsAlive(pid));
        var status = (await node.RunAsync("daemon", "status")).Ended(3);
        Assert.Equal("", status.Stdout);
        Assert.Contains("no daemon is running", status.Stderr);
        var json = (await node.RunAsync("daemon", "status", "--json")).Ended(3);
        Assert.False(json.Json.GetProperty("running").GetBoolean());
        Assert.Contains("no daemon is running", json.Stderr);
        (await node.RunAsync("daemon", "stop", "--json")).Ended(3);
    }

    [Fact]
    public async Task A_daemon_has_a_thread_for_sockets_on_each_core()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are listed on Linux");
        var node = Node("pegasus");
        await node.StartDaemonAsync();
        var pid = (await node.RunAsync("daemon", "status", "--json")).Json.GetProperty("pid").GetInt32();

        var threads = Directory.GetDirectories($"/proc/{pid}/task").Select(task => File.ReadAllText(Path.Combine(task, "comm")).Trim()).ToList();

        // .NET makes one for all cores unless it is told that they go on with the work themselves.
        Assert.Equal(Math.Min(Environment.ProcessorCount, 8), threads.Count(name => name is ".NET Sockets"));
    }

    [Fact]
    public async Task Two_starts_at_once_end_with_one_daemon()
    {
        var node = Node("pegasus");

        var starts = Enumerable.Range(0, 3).Select(_ => node.Start("daemon", "start", "--json")).ToList();
        var pids = new List<int>();
        foreach (var start in starts)
            pids.Add((await start.EndAsync(Cancelled)).Succeeded().Json.GetProperty("pid").GetInt32());

        Assert.Single(pids.Distinct());
        Assert.Equal(pids[0], (await node.StatusAsync()).GetProperty("pid").GetInt32());
    }

    [Fact]
    public async Task After_kill_9_a_new_daemon_takes_the_place_of_the_dead_one()
    {
        var node = Node("pegasus");
        await node.StartDaemonAsync();
        await node.KillDaemonAsync();
        var leftovers = Directory.GetFiles(node.Environment["XDG_RUNTIME_DIR"], "daemon.sock", SearchOption.AllDirectories);

        (await node.RunAsync("daemon", "status")).Ended(3);
        await node.StartDaemonAsync();

        Assert.Single(leftovers);
        Assert.True((await node.StatusAsync()).GetProperty("running").GetBoolean());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_command_that_changes_ours()
    {
        var first = Node("first");
        await first.StartDaemonAsync();
        var second = Node("second", port: first.Port);

        var told = (await second.RunAsync("daemon", "start")).Ended(1);
        var json = (await second.RunAsync("daemon", "start", "--json")).Ended(1).Json;

        Assert.Contains($"port {first.Port} is taken", told.Stderr);
        Assert.Contains($"hfmc conf port set {first.Port + 1}", told.Stderr);
        Assert.Equal(1, json.GetProperty("error").GetProperty("code").GetInt32());
        (await second.RunAsync("daemon", "status")).Ended(3);
    }

    [Fact]
    public async Task A_home_shared_by_two_machines_has_a_daemon_and_a_node_id_for_each()
    {
        var (one, other) = (Node("one", home: "shared"), Node("other", home: "shared"));
        await one.StartDaemonAsync();
        await other.StartDaemonAsync();
        using var http = new HttpClient();
        var names = await Task.WhenAll(new[] { one, other }.Select(node => http.GetStringAsync(new Uri(node.Endpoint, "/peer/v1/hello"), Cancelled)));
        (await one.RunAsync("daemon", "stop")).Succeeded();

        Assert.NotEqual(names[0], names[1]);
        Assert.True((await other.StatusAsync()).GetProperty("running").GetBoolean());
        Assert.Equal(["one", "other"], Directory.GetDirectories(Path.Combine(one.Home, ".hfmc", "nodes")).Select(Path.GetFileName).Order());
        (await other.RunAsync("daemon", "stop")).Succeeded();
    }

    [Fact]
    public async Task Start_leaves_no_descriptor_with_the_daemon()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash");
        var node = Node("pegasus");
        // The substitution ends when nobody holds its pipe; so does cat, which reads descriptor 9.
        const string script = """
            said=$("$0" daemon start) || exit 1
            echo "$said"
            "$0" daemon stop
            { "$0" daemon start 9>&1 >/dev/null; } | cat
            echo returned
            """;

        var told = (await node.Launch(node.Describe("/bin/bash", "-c", script, HfmcProgram.Path)).EndAsync(Cancelled)).Succeeded();

        Assert.Equal("returned", told.LastLine);
        Assert.True((await node.StatusAsync()).GetProperty("running").GetBoolean());
    }

    [Fact]
    public async Task A_daemon_in_the_foreground_ends_with_Ctrl_C_and_leaves_no_trace()
    {
        var node = Node("pegasus");
        var running = node.Start("daemon", "run");
        await UntilAsync(() => node.DaemonPid is not null);

        (await running.Send(LocalProcess.Interrupt).EndAsync(Cancelled)).Ended(0);

        Assert.Equal(["daemon.lock", "daemon.log"],
            Directory.GetFiles(node.Environment["XDG_RUNTIME_DIR"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_daemon_is_in_a_session_of_its_own()
    {
        var node = Node("pegasus");
        await node.StartDaemonAsync();
        var pid = node.DaemonPid;

        var fields = (await File.ReadAllTextAsync($"/proc/{pid}/stat", Cancelled)).Split(')')[^1].Trim().Split(' ');

        Assert.Equal($"{pid}", fields[3]);
        Assert.DoesNotContain(Directory.GetFiles($"/proc/{pid}/fd").Select(entry => new FileInfo(entry).LinkTarget), target => target?.StartsWith("pipe:", StringComparison.Ordinal) is true && IsOurs(target));
        static bool IsOurs(string pipe) => Directory.GetFiles("/proc/self/fd").Any(entry => new FileInfo(entry).LinkTarget == pipe);
    }
}
