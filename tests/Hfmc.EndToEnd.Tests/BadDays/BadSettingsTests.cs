using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Settings and folders that cannot be meant, or are gone.</summary>
public sealed class BadSettingsTests : NodeTest
{
    [Theory]
    [InlineData("""{ "port": 9090, """, "line 1")]
    [InlineData("{\n \"port\": 9090\n \"bind\": \"::\"\n}", "line 3")]
    [InlineData("""{ "prot": 9090 }""", "'prot' is not a setting")]
    [InlineData("""{ "port": "many" }""", "port")]
    [InlineData("""{ "port": 70000 }""", "port")]
    [InlineData("""{ "sources": [ "ftp://example.org" ] }""", "sources")]
    [InlineData("""{ "peers": [] }""", "peers")]
    [InlineData("[]", "not a JSON object")]
    public async Task A_config_json_that_is_wrong_is_named_with_its_place(string text, string place)
    {
        var node = Node("lone").Without("HFMC_PORT").Without("HF_ENDPOINT").Configured(text);

        var told = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(2);

        var error = told.Json.GetProperty("error");
        Assert.Equal(2, error.GetProperty("code").GetInt32());
        Assert.StartsWith(node.ConfigFile, error.GetProperty("message").GetString());
        Assert.Contains(place, error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("HFMC_PORT", "none")]
    [InlineData("HF_ENDPOINT", "huggingface.co")]
    [InlineData("HFMC_BIND", "here")]
    [InlineData("HFMC_MACHINE_ID", "../x")]
    public async Task A_variable_that_is_wrong_is_named(string variable, string value)
    {
        var told = (await Node("lone").With(variable, value).RunAsync("daemon", "start", "--json")).Ended(2);

        Assert.Contains(variable, told.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_home_that_cannot_be_made_is_a_disk_error()
    {
        // A file in the way stops root too.
        var node = Node("lone");
        node.With("HFMC_HOME", Path.Combine(Place.File("file"), "home"));
        await File.WriteAllTextAsync(Place.File("file"), "", Cancelled);

        var told = (await node.RunAsync("daemon", "start", "--json")).Ended(7);

        Assert.Contains(Place.File("file"), told.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_chosen_cache_that_has_vanished_is_never_made_again()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", Hfmc.Testing.BytesContent.Of("{}")));
        var cache = Path.Combine(Place.Path, "disk", "cache");
        var node = Node("lone").At(hub.Endpoint).With("HFMC_CACHE", cache);
        await node.AddAsync("acme/tiny");
        Directory.Delete(Path.Combine(Place.Path, "disk"), recursive: true);

        var gone = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(7);
        (await node.RunAsync("daemon", "start", "--json")).Ended(7);
        (await node.Without("HFMC_CACHE").RunAsync("conf", "cache", "set", cache)).Ended(7);

        Assert.Contains(cache, gone.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.False(Directory.Exists(Path.Combine(Place.Path, "disk")));
    }

    [Fact]
    public async Task A_cache_that_this_home_has_not_used_yet_is_made_with_its_parents()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", Hfmc.Testing.BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint).With("HFMC_CACHE", Path.Combine(Place.Path, "new", "deep", "cache"));
        node.CacheRoot = node.Environment["HFMC_CACHE"];

        await node.AddAsync("acme/tiny");

        Assert.True(Directory.Exists(Path.Combine(node.CacheRoot, "hub", "models--acme--tiny")));
    }

    [Fact]
    public async Task A_user_without_a_home_needs_HFMC_HOME_and_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can become a user that nobody knows");
        var home = Place.Folder("home");
        var node = Node("lone").Without("HOME").With("HFMC_HOME", Path.Combine(home, "hfmc"));
        foreach (var folder in (string[])[Place.Path, home])
            (await node.Launch(node.Describe("chmod", "777", folder)).EndAsync(Cancelled)).Succeeded();
        var asNobody = (string[])["--reuid", "54321", "--regid", "54321", "--clear-groups", HfmcProgram.Path];

        var started = await EndAsync("daemon", "start");
        var listed = await EndAsync("model", "ls", "--json");
        var stopped = await EndAsync("daemon", "stop");
        node.With("HFMC_HOME", Path.Combine(Place.Folder("closed"), "hfmc"));
        var forbidden = await EndAsync("conf", "port", "set", "9191");
        node.Without("HFMC_HOME");
        var unknown = await EndAsync("model", "ls");

        Assert.SkipWhen(started.Stderr.Contains("setpriv: failed to execute", StringComparison.Ordinal), "the program cannot be run by another user here");
        started.Succeeded();
        listed.Succeeded();
        stopped.Succeeded();
        Assert.True(Directory.Exists(Path.Combine(home, "hfmc", ".cache", "hfmc")));
        Assert.Contains($"{Place.Folder("closed")} belongs to root, and hfmc runs as user 54321; let its owner give you the right, or set HFMC_HOME", forbidden.Ended(7).Stderr);
        Assert.Contains("set HOME or HFMC_HOME", unknown.Ended(2).Stderr);

        Task<Told> EndAsync(params string[] arguments) => node.Launch(node.Describe("setpriv", [.. asNobody, .. arguments])).EndAsync(Cancelled);
    }

    [Fact]
    public async Task Relative_folders_in_variables_mean_the_same_to_the_daemon_as_to_its_starter()
    {
        var node = Node("lone").With("HFMC_HOME", "mine").With("HFMC_CACHE", "models/");

        await node.StartDaemonAsync();

        Assert.Contains(Path.Combine(node.Home, "models") + "\n", (await node.RunAsync("daemon", "status")).Stdout);
        Assert.True(File.Exists(Path.Combine(node.Home, "mine", "nodes", "lone", "node.pem")));
        (await node.RunAsync("daemon", "stop")).Succeeded();
    }

    [Fact]
    public async Task A_tilde_that_the_shell_left_is_the_home()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", Hfmc.Testing.BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint);

        (await node.RunAsync("model", "add", "-r", "acme/tiny", "--local-dir=~/here")).Succeeded();
        (await node.RunAsync("model", "import", "~/here", "-r", "me/mine")).Succeeded();
        var other = await node.RunAsync("model", "add", "-r", "acme/tiny", "--local-dir", "~bob/here");

        Assert.True(File.Exists(Path.Combine(node.Home, "here", "config.json")));
        Assert.False(Directory.Exists(Path.Combine(node.Home, "~")));
        Assert.Contains("--local-dir: another user's ~", other.Ended(2).ToString());
    }

    [Fact]
    public async Task A_cache_that_vanishes_under_a_running_daemon_is_never_made_again()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", Hfmc.Testing.BytesContent.Of("{}")));
        var cache = Place.Folder("disk");
        var node = Node("lone").At(hub.Endpoint).With("HFMC_CACHE", cache);
        await node.StartDaemonAsync();
        Directory.Delete(cache, recursive: true);

        (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(7);

        Assert.False(Directory.Exists(cache));
    }

    [Fact]
    public async Task A_hub_folder_is_no_cache_but_its_parent_is()
    {
        var folder = Place.Folder("python/hub/models--acme--tiny");
        var node = Node("lone").With("HFMC_CACHE", Path.GetDirectoryName(folder)!);

        var told = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(2);

        Assert.Contains(Path.Combine(Place.Path, "python"), told.Json.GetProperty("error").GetProperty("message").GetString());
    }
}
