using Hfmc.Core.Platform;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

/// <summary>What a disk refused is told in a sentence of its own: which fault it was, and what can be done where it was.</summary>
public sealed class DiskFailureTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hfmc-");

    string At(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string> Places => new()
    {
        { nameof(DiskPlace.Cache), "'hfmc conf cache set DIR' or HFMC_CACHE" },
        { nameof(DiskPlace.Home), "HFMC_HOME" },
        { nameof(DiskPlace.Run), "XDG_RUNTIME_DIR" },
        { nameof(DiskPlace.Login), "HF_HOME" },
        { nameof(DiskPlace.LocalFolder), "--local-dir" },
        { nameof(DiskPlace.ImportSource), "copy the folder" },
        { nameof(DiskPlace.Service), "XDG_CONFIG_HOME" },
        { nameof(DiskPlace.Program), "installed hfmc" },
        { nameof(DiskPlace.Output), "the output" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Each_place_has_its_own_remedy_and_none_of_the_others(string name, string remedy)
    {
        var place = PlaceOf(name);

        var full = DiskFailure.Of($"write {At("x")}", Error(28), place).Message;
        var readOnly = DiskFailure.Of($"write {At("x")}", Error(30), place).Message;

        Assert.Contains(remedy, full);
        Assert.Contains(remedy, readOnly);
        Assert.Contains("the disk is full", full);
        Assert.Contains("the volume is read-only", readOnly);
        Assert.Equal(name is nameof(DiskPlace.Cache), full.Contains("model prune", StringComparison.Ordinal));
        Assert.Equal(name is nameof(DiskPlace.Cache), full.Contains("conf cache set", StringComparison.Ordinal));
    }

    public static TheoryData<int, string, string> LinuxNumbers => new()
    {
        { 28, "the disk is full", "free some space" },
        { 122, "your quota on this disk is used up", "free some space" },
        { 30, "the volume is read-only", "mount it for writing" },
        { 36, "the name is too long for this file system", "shorten" },
        { 40, "links on the way to it lead to each other", "remove one" },
        { 116, "stale file handle", "mount it again" },
        { 107, "no longer connected", "mount it again" },
        { 5, "input/output error", "dmesg" },
        { 24, "too many files are open", "ulimit -n" },
        { 11, "another program uses it", "run the command again" },
        { 16, "another program uses it", "run the command again" },
        { 95, "this file system cannot do it", "use another file system" },
    };

    [Theory]
    [MemberData(nameof(LinuxNumbers))]
    public void Each_kind_of_fault_has_its_own_sentence(int number, string reason, string cure)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the numbers are those of Linux");

        var message = DiskFailure.Of($"write {At("x")}", Error(number), DiskPlace.Home).Message;

        Assert.StartsWith($"cannot write {At("x")}: ", message);
        Assert.Contains(reason, message);
        Assert.Contains(cure, message);
    }

    [Fact]
    public void A_full_disk_is_told_with_its_numbers() =>
        Assert.Matches(@"the disk is full \([\d,.]+ [kMG]B of [\d,.]+ [kMG]B are free\)", DiskFailure.Of($"write {At("x")}", Error(28)).Message);

    [Fact]
    public void A_cache_that_is_full_goes_on_where_it_stopped_and_settings_do_not()
    {
        Assert.EndsWith("it goes on where it stopped", DiskFailure.Of($"write {At("x")}", Error(28), DiskPlace.Cache).Message);
        Assert.DoesNotContain("goes on", DiskFailure.Of($"write {At("x")}", Error(28), DiskPlace.Home).Message);
    }

    [Fact]
    public void A_file_in_the_way_of_a_folder_is_named()
    {
        File.WriteAllText(At("file"), "");

        var below = Assert.Throws<DiskException>(() => DiskFailure.Guard($"write {At("file/x/y")}", () => File.WriteAllText(At("file/x/y"), ""), DiskPlace.Home));
        var folder = Assert.Throws<DiskException>(() => DiskFailure.Guard($"make {At("file")}", () => Directory.CreateDirectory(At("file")), DiskPlace.Home));

        Assert.All([below, folder], error => Assert.Contains($"{At("file")} is a file, and a folder is needed there; move the file away, or set HFMC_HOME", error.Message));
    }

    [Fact]
    public void A_folder_in_the_way_of_a_file_is_named()
    {
        Directory.CreateDirectory(At("config.json"));

        var error = Assert.Throws<DiskException>(() => DiskFailure.Guard($"write {At("config.json")}", () => File.WriteAllText(At("config.json"), ""), DiskPlace.Home));

        Assert.Contains($"{At("config.json")} is a folder, and hfmc keeps a file there", error.Message);
    }

    [Fact]
    public void A_link_whose_disk_is_not_mounted_is_named()
    {
        File.CreateSymbolicLink(At("link"), At("unmounted"));

        var error = Assert.Throws<DiskException>(() => DiskFailure.Guard($"make {At("link/cache")}", () => Directory.CreateDirectory(At("link/cache"))));

        Assert.Contains($"{At("link")} is a link to what is not there; mount the disk", error.Message);
    }

    [Fact]
    public void A_name_that_is_too_long_is_told_so()
    {
        var path = At(new string('n', 300));

        var error = Assert.Throws<DiskException>(() => DiskFailure.Guard($"write {path}", () => File.WriteAllText(path, "")));

        Assert.Contains("the name is too long", error.Message);
    }

    [Fact]
    public void A_file_that_its_volume_cannot_hold_is_an_error_of_the_disk()
    {
        // What .NET makes of EFBIG.
        var error = new ArgumentOutOfRangeException("value", "Specified file length was too large for the file system.");

        Assert.True(DiskFailure.Is(error));
        Assert.Contains("larger than this file system", DiskFailure.Of($"write {At("x")}", error).Message);
        Assert.False(DiskFailure.Is(new ArgumentOutOfRangeException("value", "must be positive")));
    }

    [Fact]
    public void What_this_user_made_unwritable_is_told_with_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "root writes anywhere");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var error = Assert.Throws<DiskException>(() => DiskFailure.Guard($"write {At("x")}", () => File.WriteAllText(At("x"), ""), DiskPlace.Home));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Contains($"run 'chmod u+rwx {_folder.FullName}'", error.Message);
    }

    [Fact]
    public void A_path_without_end_is_cut_in_the_sentence() =>
        Assert.InRange(DiskFailure.Of($"write /{new string('n', 5000)}", Error(30)).Message.Length, 100, 700);

    static IOException Error(int number) => new("the system's words", number);

    static DiskPlace PlaceOf(string name) => name switch
    {
        nameof(DiskPlace.Cache) => DiskPlace.Cache,
        nameof(DiskPlace.Home) => DiskPlace.Home,
        nameof(DiskPlace.Run) => DiskPlace.Run,
        nameof(DiskPlace.Login) => DiskPlace.Login,
        nameof(DiskPlace.LocalFolder) => DiskPlace.LocalFolder,
        nameof(DiskPlace.ImportSource) => DiskPlace.ImportSource,
        nameof(DiskPlace.Service) => DiskPlace.Service,
        nameof(DiskPlace.Program) => DiskPlace.Program,
        _ => DiskPlace.Output,
    };
}
