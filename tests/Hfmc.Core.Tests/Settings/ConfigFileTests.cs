using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class ConfigFileTests : IDisposable
{
    readonly TempDirectory _temp = new();

    string Path => _temp.At("home", "config.json");

    ConfigFile Config => new(Path);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void No_file_says_nothing() => Assert.All(SettingKeys.All, key => Assert.Null(Config.Read()[key]));

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_read()
    {
        Given("\uFEFF{ // mine\n \"port\": 9191, /* and */ \"peers\": false,\n}");

        Assert.Equal(["9191"], Config.Read()[SettingKeys.Port]);
        Assert.Equal(["off"], Config.Read()[SettingKeys.Peers]);
    }

    [Fact]
    public void One_key_is_read_beside_others_that_are_wrong()
    {
        Given("""{ "port": 9191, "peers": 7, "colour": "red" }""");

        Assert.Equal(["9191"], Config.Read(SettingKeys.Port)[SettingKeys.Port]);
        Assert.Throws<InputException>(() => Config.Read(SettingKeys.Peers));
    }

    [Theory]
    [InlineData("port", "9191")]
    [InlineData("bind", "10.0.0.1", "::1")]
    [InlineData("sources", "https://a.example/é", "http://b.example:8080")]
    [InlineData("token-hosts", "https://a.example")]
    [InlineData("token-hosts")]
    [InlineData("peers", "off")]
    [InlineData("cache", "/data/модели")]
    public void What_is_set_is_read_again(string name, params string[] words)
    {
        var key = SettingKeys.Parse(name);

        Config.Set(key, key.Normalise(words, TestEnvironment.In(_temp)));

        var read = Config.Read()[key];
        Assert.NotNull(read);
        Assert.Equal(key.Normalise(words, TestEnvironment.In(_temp)).ToJsonString(), key.Normalise(read, TestEnvironment.In(_temp)).ToJsonString());
    }

    [Fact]
    public void A_change_keeps_the_other_members_in_their_order()
    {
        Given("""{ "peers": false, "port": 1, "cache": "/data/<x>" }""");

        Set(SettingKeys.Port, "2");

        Assert.Equal("""
            {
              "peers": false,
              "port": 2,
              "cache": "/data/<x>"
            }

            """, File.ReadAllText(Path));
    }

    [Fact]
    public void Reset_takes_the_key_out_and_says_whether_it_was_there()
    {
        Given("""{ "peers": false, "port": 1 }""");

        Assert.True(Config.Reset(SettingKeys.Port));
        Assert.False(Config.Reset(SettingKeys.Port));
        Assert.Null(Config.Read()[SettingKeys.Port]);
        Assert.Equal(["off"], Config.Read()[SettingKeys.Peers]);
    }

    [Fact]
    public void A_set_can_mend_a_value_of_a_wrong_type()
    {
        Given("""{ "port": "many" }""");

        Set(SettingKeys.Port, "9191");

        Assert.Equal(["9191"], Config.Read()[SettingKeys.Port]);
    }

    [Theory]
    [InlineData("""{ "prot": 1 }""", ": 'prot' is not a setting: correct or remove it (the settings are cache, port, bind, sources, token-hosts, peers, allow, deny, limit.up, limit.down, limit.wan, hub.open, hub.offline-restricted, hub.xet, tls)")]
    [InlineData("""{ "port": "9090" }""", ": port: want a whole number; correct it, or run 'hfmc conf port reset'")]
    [InlineData("""{ "port": null }""", ": port: want a whole number; correct it, or run 'hfmc conf port reset'")]
    [InlineData("""{ "cache": ["/a"] }""", ": cache: want a text in quotes; correct it, or run 'hfmc conf cache reset'")]
    [InlineData("""{ "bind": [1] }""", ": bind: want a list of texts in quotes; correct it, or run 'hfmc conf bind reset'")]
    [InlineData("""{ "peers": 1 }""", ": peers: want true or false; correct it, or run 'hfmc conf peers reset'")]
    [InlineData("[]", " is not a JSON object: want { \"port\": 9090 } or the like, or delete it for the defaults")]
    [InlineData("null", " is not a JSON object: want { \"port\": 9090 } or the like, or delete it for the defaults")]
    public void What_cannot_be_meant_names_file_and_key(string json, string message)
    {
        Given(json);

        Assert.Equal(Path + message, Assert.Throws<InputException>(() => Config.Read()).Message);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("{\n  \"port\": 1\n  \"peers\": true\n}", 3)]
    [InlineData("{\n \"port\": x }", 2)]
    public void A_syntax_error_names_the_line_and_what_to_do(string json, int line)
    {
        Given(json);

        var message = Assert.Throws<InputException>(() => Config.Read()).Message;

        Assert.StartsWith($"{Path}, line {line}: ", message, StringComparison.Ordinal);
        Assert.EndsWith("; correct the line, or delete the file for the defaults", message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePosition", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_stands_twice_is_an_error()
    {
        Given("""{ "port": 1, "port": 2 }""");

        Assert.Contains("port", Assert.Throws<InputException>(() => Config.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_not_overwritten()
    {
        Given("{ broken");

        Assert.Throws<InputException>(() => Set(SettingKeys.Port, "1"));
        Assert.Equal("{ broken", File.ReadAllText(Path));
    }

    [Fact]
    public void A_file_beyond_a_mebibyte_is_not_read()
    {
        Given(new string(' ', (1 << 20) + 1));

        Assert.Contains("larger than 1048576 bytes", Assert.Throws<InputException>(() => Config.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_its_owners_alone_and_leaves_no_temporary_one()
    {
        Set(SettingKeys.Port, "1");

        Assert.Equal([Path], Directory.GetFileSystemEntries(_temp.At("home")));
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Path));
        Assert.Equal(TestEnvironment.FolderOfOwner, TestEnvironment.Mode(_temp.At("home")));
    }

    [Fact]
    public void A_file_that_is_a_link_stays_one()
    {
        var target = _temp.File("dotfiles/hfmc.json", "{}");
        _temp.Folder("home");
        File.CreateSymbolicLink(Path, target);

        Set(SettingKeys.Port, "1");

        Assert.Equal(target, new FileInfo(Path).LinkTarget);
        Assert.Contains("1", File.ReadAllText(target), StringComparison.Ordinal);
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_a_failure_of_the_disk_that_names_the_path()
    {
        // Below a file rather than in a read-only folder: root may write in those.
        _temp.File("home", "a file");

        var error = Assert.Throws<DiskException>(() => Set(SettingKeys.Port, "1"));

        Assert.StartsWith($"cannot write {Path}: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Disk, error.Kind);
    }

    void Given(string text) => _temp.File("home/config.json", text);

    void Set(SettingKey key, params string[] words) => Config.Set(key, key.Normalise(words, TestEnvironment.In(_temp)));
}
