using Hfmc.Core.Installation;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Installation;

public sealed class InstallManifestTests : IDisposable
{
    readonly TempFolder _temp = new();

    string Program => Path.Combine(_temp.Path, "prefix/bin/hfmc");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void What_was_installed_goes_and_what_else_is_there_stays()
    {
        Put("bin/hfmc", "bin/other", "share/zsh/_hfmc");
        Manifest("""{"version":"1","files":["bin/hfmc","share/zsh/_hfmc"],"folders":["bin","share/zsh","share/hfmc"]}""");

        Installed().Remove();

        Assert.False(Directory.Exists(In("share/zsh")) || Directory.Exists(In("share/hfmc")) || File.Exists(Program));
        Assert.True(File.Exists(In("bin/other")));
        Assert.True(Directory.Exists(In("share")));
    }

    [Fact]
    public void Names_that_lead_out_of_the_prefix_are_passed_over()
    {
        Put("bin/hfmc", "../precious");
        Directory.CreateDirectory(In("../outside"));
        File.WriteAllText(In("../outside/file"), "");
        Directory.CreateSymbolicLink(In("way-out"), In("../outside"));
        Manifest($$"""{"files":["bin/hfmc","../precious","{{In("../precious")}}","way-out/file","bin/../../precious"],"folders":["..","way-out"]}""");

        Installed().Remove();

        Assert.True(File.Exists(In("../precious")) && File.Exists(In("../outside/file")) && Directory.Exists(In("way-out")));
        Assert.False(File.Exists(Program));
    }

    [Fact]
    public void A_file_that_became_a_link_is_unlinked_only()
    {
        Put("bin/hfmc", "../precious");
        File.CreateSymbolicLink(In("bin/helper"), In("../precious"));
        Manifest("""{"files":["bin/hfmc","bin/helper"]}""");

        Installed().Remove();

        Assert.True(File.Exists(In("../precious")));
        Assert.Null(new FileInfo(In("bin/helper")).LinkTarget);
    }

    [Fact]
    public void A_program_without_a_manifest_was_not_installed()
    {
        Put("bin/hfmc");

        Assert.Null(InstallManifest.Of(Program));
    }

    [Fact]
    public void A_manifest_that_does_not_list_the_program_is_not_its()
    {
        Put("bin/hfmc");
        Manifest("""{"files":["bin/another"]}""");

        Assert.Null(InstallManifest.Of(Program));
    }

    [Fact]
    public void A_manifest_that_is_no_JSON_is_said_to_be_none()
    {
        Put("bin/hfmc");
        Manifest("not json");

        Assert.Contains("install.json", Assert.Throws<InputException>(() => InstallManifest.Of(Program)).Message);
    }

    InstallManifest Installed() => InstallManifest.Of(Program) ?? throw new InvalidOperationException("no manifest");

    string In(string name) => Path.GetFullPath(name, Path.Combine(_temp.Path, "prefix"));

    void Put(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(_temp.File(Path.Combine("prefix", name)), "");
    }

    void Manifest(string text) => File.WriteAllText(_temp.File("prefix/share/hfmc/install.json"), text);
}
