using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class SettingKeysTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_default_reads_back_as_itself() =>
        Assert.All(SettingKeys.All, key => Assert.NotNull(key.Normalise(key.Default, TestEnvironment.In(_temp))));

    [Fact]
    public void What_the_daemon_is_made_of_needs_a_restart_and_the_others_do_not() =>
        Assert.Equal(["cache", "port", "bind", "hub.xet", "tls"], SettingKeys.All.Where(key => key.NeedsRestart).Select(key => key.Name));

    [Fact]
    public void An_unknown_key_is_told_the_known_ones() =>
        Assert.Equal("'prot' is not a setting: want cache, port, bind, sources, token-hosts, peers, allow, deny, limit.up, limit.down, limit.wan, hub.open, hub.offline-restricted, hub.xet, tls",
            Assert.Throws<InputException>(() => SettingKeys.Parse("prot")).Message);

    [Theory]
    [InlineData("port", "9191", "9191")]
    [InlineData("peers", "OFF", "false")]
    [InlineData("bind", "[::1]", "[\"::1\"]")]
    [InlineData("sources", "HTTPS://A.example:443/x/", "[\"https://a.example/x\"]")]
    [InlineData("sources", "http://[2001:DB8::1]:8080", "[\"http://[2001:db8::1]:8080\"]")]
    [InlineData("token-hosts", "A.example", "[\"https://a.example\"]")]
    [InlineData("limit.up", "100Mbit/s", "\"12.5MB/s\"")]
    [InlineData("limit.wan", "OFF", "\"off\"")]
    [InlineData("hub.open", "LAN", "\"lan\"")]
    [InlineData("hub.offline-restricted", "allow", "\"allow\"")]
    [InlineData("hub.xet", "Off", "\"off\"")]
    [InlineData("tls", "ALWAYS", "\"always\"")]
    public void Words_have_one_normal_form(string name, string word, string json) =>
        Assert.Equal(json, SettingKeys.Parse(name).Normalise([word], TestEnvironment.In(_temp)).ToJsonString());

    [Fact]
    public void A_cache_is_stored_as_an_absolute_path()
    {
        Assert.Equal(_temp.At("x"), Cache("~/x/"));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "models"), Cache("./models"));

        string Cache(string word) => SettingKeys.Cache.Normalise([word], TestEnvironment.In(_temp)).GetValue<string>();
    }

    [Theory]
    [InlineData("port: takes one value, and 2 are given", "port", "1", "2")]
    [InlineData("port: needs a value", "port")]
    [InlineData("sources: needs at least one value", "sources")]
    [InlineData("limit.down: 'fast' is not a rate: want for example 50MB/s, 10MiB/s or 100Mbit/s, or off", "limit.down", "fast")]
    [InlineData("hub.xet: 'maybe' is none of auto, on, off", "hub.xet", "maybe")]
    [InlineData("hub.xet: '1' is none of auto, on, off", "hub.xet", "1")]
    [InlineData("port: '1?2' is not a number from 1 to 65535", "port", "1\n2")]
    public void Words_that_cannot_be_meant_name_the_key(string message, string name, params string[] words) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => SettingKeys.Parse(name).Normalise(words, TestEnvironment.In(_temp))).Message);

    [Fact]
    public void A_variable_that_overrides_is_named()
    {
        Assert.Equal("HF_ENDPOINT", SettingKeys.Sources.OverriddenBy(TestEnvironment.In(_temp, ("HF_ENDPOINT", "https://a.example"))));
        Assert.Null(SettingKeys.Sources.OverriddenBy(TestEnvironment.In(_temp)));
        Assert.Null(SettingKeys.Peers.OverriddenBy(TestEnvironment.In(_temp)));
    }
}
