using System.Diagnostics;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>Several users of one machine. Only root can be others, so these run as root alone.</summary>
public sealed class UsersTests : NodeTest
{
    const int Alice = 64001, Bob = 64002, Group = 64100;

    [Fact]
    public async Task Two_users_of_one_group_share_a_cache_and_each_can_replace_and_remove_what_the_other_put_there()
    {
        MustBeRoot();
        var hub = await HubAsync();
        Publish(hub, "acme/one", ("model.bin", new PatternContent(3_000_000, seed: 1)), ("config.json", BytesContent.Of("{}")));
        Publish(hub, "acme/two", ("model.bin", new PatternContent(3_000_000, seed: 1)), ("other.bin", new PatternContent(2_000_000, seed: 2)));
        var shared = Place.Folder("shared");
        await RunAsync("chown", $"{Alice}:{Group}", shared);
        await RunAsync("chmod", "2775", shared);
        var (alice, bob) = (await UserAsync("alice", Alice, hub, shared), await UserAsync("bob", Bob, hub, shared));

        (await AsAsync(alice, Alice, "model", "add", "-r", "acme/one")).Succeeded();
        (await AsAsync(bob, Bob, "model", "add", "-r", "acme/two", "--json")).Succeeded();
        (await AsAsync(bob, Bob, "model", "add", "-r", "acme/one", "--force")).Succeeded();
        (await AsAsync(alice, Alice, "model", "verify")).Succeeded();
        (await AsAsync(bob, Bob, "model", "rm", "-r", "acme/one", "-y")).Succeeded();
        (await AsAsync(alice, Alice, "model", "rm", "-r", "acme/two", "-y")).Succeeded();

        Assert.Empty(Directory.GetDirectories(Path.Combine(shared, "hub"), "models--*"));
    }

    [Fact]
    public async Task What_is_made_has_the_modes_that_the_umask_leaves_and_secrets_are_their_owners_alone()
    {
        MustBeRoot();
        var hub = await HubAsync();
        Publish(hub, "acme/one", ("model.bin", new PatternContent(3_000_000, seed: 1)), ("config.json", BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint);

        (await node.Launch(node.Describe("/bin/sh", "-c", $"umask 027; exec {HfmcProgram.Path} model add -r acme/one")).Type("").EndAsync(Cancelled)).Succeeded();
        (await node.Launch(node.Describe("/bin/sh", "-c", $"umask 0; exec {HfmcProgram.Path} conf peers set on")).Type("").EndAsync(Cancelled)).Succeeded();

        var models = Path.Combine(node.CacheRoot, "hub", "models--acme--one");
        Assert.All(Directory.GetFiles(Path.Combine(models, "blobs")).Append(Directory.GetFiles(Path.Combine(models, "refs")).Single()), file => Assert.Equal("640", ModeOf(file)));
        Assert.All(Directory.GetDirectories(models), folder => Assert.Equal("750", ModeOf(folder)));
        Assert.Equal("600", ModeOf(node.ConfigFile));
        Assert.Equal("700", ModeOf(node.Environment["HFMC_HOME"]));
    }

    [Fact]
    public async Task A_daemon_that_root_starts_in_another_users_home_is_refused_with_what_to_do()
    {
        MustBeRoot();
        var node = Node("alice");
        await RunAsync("chown", $"{Alice}", node.Home);

        var told = await node.RunAsync("daemon", "start", "--json");

        Assert.Equal(7, told.ExitCode);
        var message = told.Json.GetProperty("error").GetProperty("message").GetString();
        Assert.Contains($"sudo -u \"#{Alice}\" hfmc daemon start", message);
        Assert.Equal(["run"], Directory.GetFileSystemEntries(node.Home).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(node.Home, "run")));
    }

    [Fact]
    public async Task No_process_of_ours_leaves_its_memory_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limits of a process are read from /proc");
        var node = Node("lone");
        await node.StartDaemonAsync();

        var limit = (await File.ReadAllLinesAsync($"/proc/{node.DaemonPid}/limits", Cancelled)).Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal));

        Assert.Equal(["0", "0"], limit["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]);
    }

    static void MustBeRoot() => Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "only root can be other users");

    async Task<HfmcNode> UserAsync(string name, int user, FakeHub hub, string shared)
    {
        var node = Node(name).At(hub.Endpoint).With("HFMC_CACHE", shared);
        await RunAsync("chmod", "755", Place.Path);
        await RunAsync("chown", "-R", $"{user}:{Group}", node.Home);
        return node;
    }

    Task<Told> AsAsync(HfmcNode node, int user, params string[] arguments) => node.Launch(node.Describe(
        "/usr/bin/setpriv", [$"--reuid={user}", $"--regid={Group}", "--clear-groups", "/bin/sh", "-c", "umask 002; exec \"$0\" \"$@\"", HfmcProgram.Path, .. arguments])).Type("").EndAsync(Cancelled);

    static string ModeOf(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path) & 511, 8);

    async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Cancelled);
        Assert.Equal(0, process.ExitCode);
    }
}
