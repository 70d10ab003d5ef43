using System.Net;
using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class HfmcSettingsTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void With_nothing_said_the_defaults_hold()
    {
        var settings = Load();

        Assert.Equal(_temp.At(".cache", "hfmc"), settings.CacheFolder);
        Assert.Equal(_temp.At(".cache", "hfmc", "hub"), settings.HubFolder);
        Assert.Equal(9090, settings.Port);
        Assert.Equal([IPAddress.Any, IPAddress.IPv6Any], settings.Bind);
        Assert.Equal(["https://hf-mirror.com", "https://huggingface.co"], settings.Sources.Select(source => source.Text));
        Assert.Equal("https://huggingface.co", settings.TokenHome.Text);
        Assert.Empty(settings.TokenHosts);
        Assert.True(settings.PeersOn);
        Assert.False(settings.Offline || settings.SymlinksOff);
        Assert.All(settings.Chosen, chosen => Assert.Equal("default", chosen.Origin));
    }

    [Fact]
    public void An_option_beats_the_environment_which_beats_the_file_which_beats_the_default()
    {
        Config("""{ "port": 1111 }""");

        Assert.Equal((1111, "config.json"), Port(Load()));
        Assert.Equal((2222, "environment HFMC_PORT"), Port(Load(("HFMC_PORT", "2222"))));
        Assert.Equal((3333, "option"), Port(Load(SettingsInput.Nothing.With(SettingKeys.Port, "3333"), ("HFMC_PORT", "2222"))));
    }

    [Theory]
    [InlineData("~/models/", "models")]
    [InlineData(" ~/models\n", "models")]
    [InlineData("~", "")]
    [InlineData("", ".cache/hfmc")]
    [InlineData("  ", ".cache/hfmc")]
    public void A_cache_in_the_environment_is_read_as_people_write_it(string text, string folder) =>
        Assert.Equal(Path.TrimEndingDirectorySeparator(_temp.At(folder)), Load(("HFMC_CACHE", text)).CacheFolder);

    [Fact]
    public void Variables_that_are_blank_are_not_set()
    {
        var settings = Load(("HFMC_PORT", " "), ("HF_ENDPOINT", " "), ("HFMC_BIND", "\n"), ("HFMC_HOME", " "));

        Assert.Equal((9090, "https://huggingface.co"), (settings.Port, settings.TokenHome.Text));
        Assert.Equal(2, settings.Sources.Count);
        Assert.Equal(_temp.At(".hfmc"), settings.Home.Home);
    }

    [Fact]
    public void An_option_that_was_not_given_says_nothing() =>
        Assert.Equal((9090, "default"), Port(Load(SettingsInput.Nothing.With(SettingKeys.Port, (string?)null))));

    [Fact]
    public void HF_ENDPOINT_is_the_only_source_and_the_home_of_the_token()
    {
        Config("""{ "sources": ["https://a.example", "https://b.example"] }""");

        var settings = Load(("HF_ENDPOINT", "http://Hub.Example:8080/base/"));

        Assert.Equal(["http://hub.example:8080/base"], settings.Sources.Select(source => source.Text));
        Assert.Equal("http://hub.example:8080/base", settings.TokenHome.Text);
    }

    [Fact]
    public void Other_sources_do_not_move_the_home_of_the_token()
    {
        Config("""{ "sources": "https://mirror.example/" }""");

        var settings = Load();

        Assert.Equal(["https://mirror.example"], settings.Sources.Select(source => source.Text));
        Assert.Equal("https://huggingface.co", settings.TokenHome.Text);
        Assert.False(settings.MaySeeToken(new("https://mirror.example/api/whoami-v2")));
    }

    [Theory]
    [InlineData("https://huggingface.co/api/models/a/b", true)]
    [InlineData("https://HuggingFace.co:443/api", true)]
    [InlineData("http://huggingface.co/api", false)]
    [InlineData("https://huggingface.co:8443/api", false)]
    [InlineData("https://cdn-lfs.huggingface.co/x", false)]
    [InlineData("https://huggingface.co.evil.example/x", false)]
    [InlineData("https://user@huggingface.co/x", false)]
    [InlineData("https://named.example:8443/x", true)]
    [InlineData("http://named.example:8443/x", false)]
    public void The_token_goes_to_its_home_and_to_named_hosts_only(string address, bool allowed)
    {
        Config("""{ "token-hosts": ["named.example:8443"] }""");

        Assert.Equal(allowed, Load().MaySeeToken(new(address)));
    }

    [Theory]
    [InlineData("HF_HUB_OFFLINE")]
    [InlineData("TRANSFORMERS_OFFLINE")]
    public void Either_offline_variable_turns_upstreams_off(string variable) => Assert.True(Load((variable, "Yes")).Offline);

    [Fact]
    public void HF_HUB_DISABLE_SYMLINKS_turns_links_off() => Assert.True(Load(("HF_HUB_DISABLE_SYMLINKS", "1")).SymlinksOff);

    [Fact]
    public void A_list_in_a_variable_is_split_at_spaces_and_commas() =>
        Assert.Equal([IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback], Load(("HFMC_BIND", "10.0.0.1, ::1")).Bind);

    [Fact]
    public void Several_sources_in_the_environment_are_no_endpoint() =>
        Assert.StartsWith("HF_ENDPOINT: ", Assert.Throws<InputException>(() => Load(("HF_ENDPOINT", "https://a.example https://b.example"))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "port": 0 }""", "port: '0' is not a number from 1 to 65535")]
    [InlineData("""{ "port": 65536 }""", "port: '65536' is not a number from 1 to 65535")]
    [InlineData("""{ "port": 90.5 }""", "port: '90.5' is not a number from 1 to 65535")]
    [InlineData("""{ "cache": "models" }""", "cache: 'models' is not an absolute path: want for example /data/hfmc or ~/models")]
    [InlineData("""{ "cache": "~bob/x" }""", "cache: another user's ~ is not expanded here: write the whole path")]
    [InlineData("""{ "cache": "" }""", "cache: needs a value")]
    [InlineData("""{ "bind": "localhost" }""", "bind: 'localhost' is not an IP address of this machine: want for example 192.168.1.20, 0.0.0.0 or ::")]
    [InlineData("""{ "bind": ["1"] }""", "bind: '1' is not an IP address of this machine: want for example 192.168.1.20, 0.0.0.0 or ::")]
    [InlineData("""{ "bind": ["[::1]:80"] }""", "bind: '[::1]:80' is not an IP address of this machine: want for example 192.168.1.20, 0.0.0.0 or ::")]
    [InlineData("""{ "bind": [] }""", "bind: needs at least one value")]
    [InlineData("""{ "sources": "huggingface.co" }""",
        "sources: 'huggingface.co' is not an address: want http:// or https:// and a host, for example https://huggingface.co")]
    [InlineData("""{ "sources": ["ftp://a.example"] }""",
        "sources: 'ftp://a.example' is not an address: want http:// or https:// and a host, for example https://huggingface.co")]
    [InlineData("""{ "sources": ["https://me:secret@a.example"] }""",
        "sources: the address holds a user or password: leave it out, and log in with 'hfmc auth login'")]
    [InlineData("""{ "sources": ["https://a.example?x=1"] }""",
        "sources: 'https://a.example?x=1' is more than a base address: leave out what follows ? or #")]
    [InlineData("""{ "token-hosts": ["http://a.example"] }""",
        "token-hosts: 'http://a.example' is not a host that may see the token: want an https host, for example hub.example.org")]
    [InlineData("""{ "token-hosts": ["a.example/path"] }""",
        "token-hosts: 'a.example/path' is not a host that may see the token: want an https host, for example hub.example.org")]
    [InlineData("""{ "peers": "maybe" }""", "peers: 'maybe' is neither on nor off")]
    public void A_bad_value_in_the_file_names_file_and_key(string json, string message)
    {
        Config(json);

        Assert.Equal($"{_temp.At(".hfmc", "config.json")}: {message}", Assert.Throws<InputException>(() => Load()).Message);
    }

    [Fact]
    public void A_bad_variable_is_named() =>
        Assert.Equal("HFMC_PORT: 'http' is not a number from 1 to 65535", Assert.Throws<InputException>(() => Load(("HFMC_PORT", "http"))).Message);

    [Theory]
    [InlineData("models--google--bert")]
    [InlineData("datasets--squad")]
    public void A_hub_folder_is_refused_as_cache_and_its_parent_named(string repo)
    {
        _temp.Folder($"hf/hub/{repo}");

        var error = Assert.Throws<InputException>(() => Load(("HFMC_CACHE", _temp.At("hf", "hub"))));

        Assert.Equal($"HFMC_CACHE: {_temp.At("hf", "hub")} is itself a hub folder: use its parent, {_temp.At("hf")}", error.Message);
        Assert.Equal(_temp.At("hf"), Load(("HFMC_CACHE", _temp.At("hf"))).CacheFolder);
    }

    [Fact]
    public void A_hub_folder_of_another_name_is_refused_with_the_name_it_needs()
    {
        _temp.Folder("data/models/models--a--b");

        var error = Assert.Throws<InputException>(() => Load(("HFMC_CACHE", _temp.At("data", "models") + "/")));

        Assert.Contains($"rename it to {_temp.At("data", "hub")} and use its parent, {_temp.At("data")}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_the_settings_makes_no_file()
    {
        Load();

        Assert.Empty(Directory.GetFileSystemEntries(_temp.Path));
    }

    void Config(string json) => _temp.File(".hfmc/config.json", json);

    HfmcSettings Load(params (string, string)[] variables) => Load(SettingsInput.Nothing, variables);

    HfmcSettings Load(SettingsInput options, params (string, string)[] variables) =>
        HfmcSettings.Load(TestEnvironment.In(_temp, variables), options);

    static (int, string) Port(HfmcSettings settings) =>
        (settings.Port, settings.Chosen.Single(chosen => chosen.Key == SettingKeys.Port).Origin);
}
