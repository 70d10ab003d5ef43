using System.Text;
using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class HomePathsTests : IDisposable
{
    const string FromFile = "0123456789abcdef0123456789abcdef";

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_home_is_below_HOME_unless_HFMC_HOME_says_otherwise()
    {
        Assert.Equal((_temp.At(".hfmc"), "default"), Home());
        Assert.Equal((_temp.At("mine"), "environment HFMC_HOME"), Home(("HFMC_HOME", "~/mine/")));
        Assert.Equal((_temp.At("mine"), "environment HFMC_HOME"), Home(("HFMC_HOME", _temp.At("other", "..", "mine"))));

        (string, string) Home(params (string, string)[] variables) => (Paths(variables).Home, Paths(variables).Origin);
    }

    [Fact]
    public void Without_a_home_of_the_user_HFMC_HOME_stands_for_it()
    {
        var environment = TestEnvironment.In(_temp, ("HOME", "relative"), ("HFMC_HOME", _temp.At("mine")));

        Assert.Equal(_temp.At("mine"), HomePaths.From(environment).Home);
        Assert.Equal(_temp.At("mine", ".cache", "hfmc"), HfmcSettings.Load(environment, SettingsInput.Nothing).CacheFolder);
        Assert.Equal(_temp.At("mine", ".cache", "huggingface", "token"), new TokenStore(environment).TokenFile);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("~/mine")]
    public void A_home_that_nobody_knows_is_asked_for(string? home)
    {
        (string, string)[] said = home is null ? [("HOME", "relative")] : [("HOME", "relative"), ("HFMC_HOME", home)];

        Assert.Equal("the home folder is unknown: set HOME or HFMC_HOME to an absolute path", Assert.Throws<InputException>(() => Paths(said)).Message);
    }

    [Fact]
    public void Relative_folders_in_variables_are_made_absolute_for_another_process()
    {
        var environment = TestEnvironment.In(_temp, ("HFMC_HOME", "mine"), ("HFMC_CACHE", "/data"), ("HF_HOME", "~/x"), ("SSL_CERT_FILE", "../ca.pem"));

        Assert.Equal([("HFMC_HOME", "/start/here/mine"), ("SSL_CERT_FILE", "/start/ca.pem")], environment.RelativePaths("/start/here"));
    }

    [Fact]
    public void Two_machines_on_one_home_share_the_settings_and_nothing_else()
    {
        var (first, second) = (Paths(("HFMC_MACHINE_ID", "first")), Paths(("HFMC_MACHINE_ID", "second")));

        Assert.Equal(first.ConfigFile, second.ConfigFile);
        Assert.Equal(_temp.At(".hfmc", "nodes", "first"), first.NodeFolder);
        Assert.NotEqual(first.NodeFolder, second.NodeFolder);
        Assert.NotEqual(first.Run.Path, second.Run.Path);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public void A_machine_id_that_is_no_plain_name_is_refused(string id) =>
        Assert.Equal("HFMC_MACHINE_ID is not a machine id: want 1 to 64 characters of a-z, 0-9 and -",
            Assert.Throws<InputException>(() => Paths(("HFMC_MACHINE_ID", id))).Message);

    [Fact]
    public void The_machine_id_comes_from_the_first_file_that_holds_one()
    {
        string[] files = [_temp.At("missing"), _temp.File("image", "uninitialized\n"), _temp.File("empty", ""), _temp.File("good", FromFile + "\n")];

        Assert.Equal(FromFile, MachineId.From(Nothing, files, "host").Text);
    }

    [Fact]
    public void Without_a_file_the_machine_id_comes_from_the_host_name()
    {
        Assert.Equal(MachineId.From(Nothing, [], "HOST"), MachineId.From(Nothing, [], "host"));
        Assert.NotEqual(MachineId.From(Nothing, [], "other"), MachineId.From(Nothing, [], "host"));
        Assert.Matches("^[0-9a-f]{32}$", MachineId.From(Nothing, [], "host").Text);
    }

    [Fact]
    public void The_run_folder_is_in_the_runtime_folder_and_its_owners_alone()
    {
        var run = Runtime();

        run.Create();
        run.Create();

        Assert.Equal(_temp.At("run", "hfmc"), Path.GetDirectoryName(run.Path));
        Assert.All(["daemon.sock", "daemon.json", "daemon.lock", "daemon.log"],
            name => Assert.Contains(Path.Combine(run.Path, name), new[] { run.Socket, run.PidFile, run.LockFile, run.LogFile }));
        Assert.Equal(TestEnvironment.FolderOfOwner, TestEnvironment.Mode(run.Path));
        Assert.Equal(TestEnvironment.FolderOfOwner, TestEnvironment.Mode(_temp.At("run", "hfmc")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nowhere/at/all")]
    public void Without_a_runtime_folder_the_run_folder_is_in_tmp(string runtime) => Assert.StartsWith(
        "/tmp/hfmc-", Paths(("XDG_RUNTIME_DIR", runtime)).Run.Path, StringComparison.Ordinal);

    [Fact]
    public void A_socket_path_that_would_be_too_long_moves_to_tmp()
    {
        var deep = _temp.Folder(new string('d', 90));

        var run = Paths(("XDG_RUNTIME_DIR", deep)).Run;

        Assert.StartsWith("/tmp/hfmc-", run.Path, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(run.Socket) < 104);
    }

    [Fact]
    public void A_run_folder_that_is_a_link_is_refused()
    {
        var run = Runtime();
        Directory.CreateSymbolicLink(_temp.At("run", "hfmc"), _temp.Folder("elsewhere"));

        Assert.Contains("it is a link", Assert.Throws<DiskException>(run.Create).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_temp.At("elsewhere")));
    }

    [Fact]
    public void A_run_folder_that_is_a_link_to_nothing_is_refused()
    {
        var run = Runtime();
        Directory.CreateSymbolicLink(_temp.At("run", "hfmc"), _temp.At("nowhere"));

        Assert.Contains("it is a link", Assert.Throws<DiskException>(run.Create).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_run_folder_that_is_open_to_others_is_refused(UnixFileMode open)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes on Windows");
        var run = Runtime();
        run.Create();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(run.Path, TestEnvironment.FolderOfOwner | open);

        Assert.Contains("open to other users", Assert.Throws<DiskException>(run.Create).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_of_another_user_is_refused_even_by_root()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can give a folder away");
        var run = Runtime();
        run.Create();
        GiveAway(run.Path);

        Assert.Contains("it belongs to another user", Assert.Throws<DiskException>(run.Create).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_runtime_folder_of_another_user_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can give a folder away");
        GiveAway(_temp.Folder("run"));

        Assert.StartsWith("/tmp/hfmc-", Runtime().Path, StringComparison.Ordinal);
    }

    ProcessEnvironment Nothing => new(new Dictionary<string, string>());

    RunFolder Runtime() => Paths(("XDG_RUNTIME_DIR", _temp.Folder("run"))).Run;

    HomePaths Paths(params (string, string)[] variables) => HomePaths.From(TestEnvironment.In(_temp, variables));

    static void GiveAway(string path)
    {
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
