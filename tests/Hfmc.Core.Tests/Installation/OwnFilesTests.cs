using Hfmc.Core.Installation;
using Hfmc.Core.Settings;
using Hfmc.Core.Tests.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Installation;

public sealed class OwnFilesTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Settings_identity_and_run_folder_go_and_then_the_home()
    {
        var home = Home();
        _temp.File(".hfmc/config.json", "{}");
        new NodeIdentity(home).ReadOrCreate();
        Directory.CreateDirectory(home.Run.Path);

        Assert.Equal(3, new OwnFiles(home).List().Count);
        new OwnFiles(home).Remove();

        Assert.False(Directory.Exists(home.Home) || Directory.Exists(home.Run.Path));
    }

    [Fact]
    public void Other_machines_and_the_users_own_files_stay()
    {
        var home = Home();
        new NodeIdentity(home).ReadOrCreate();
        var (other, mine) = (_temp.File(".hfmc/nodes/there/node.json", "{}"), _temp.File(".hfmc/notes.txt", "mine"));

        new OwnFiles(home).Remove();

        Assert.False(Directory.Exists(home.NodeFolder));
        Assert.True(File.Exists(other) && File.Exists(mine));
    }

    [Fact]
    public void A_home_that_is_a_link_stays_a_link()
    {
        Directory.CreateSymbolicLink(_temp.At(".hfmc"), _temp.Folder("elsewhere"));
        _temp.File(".hfmc/config.json", "{}");

        new OwnFiles(Home()).Remove();

        Assert.NotNull(new DirectoryInfo(_temp.At(".hfmc")).LinkTarget);
        Assert.False(File.Exists(_temp.At("elsewhere", "config.json")));
    }

    HomePaths Home() => HomePaths.From(TestEnvironment.In(_temp, ("XDG_RUNTIME_DIR", _temp.Folder("run"))));
}
