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

        var gone = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(7);
        (await node.RunAsync("daemon", "start", "--json")).Ended(7);

        Assert.Contains(cache, gone.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.False(Directory.Exists(Path.Combine(Place.Path, "disk")));
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
