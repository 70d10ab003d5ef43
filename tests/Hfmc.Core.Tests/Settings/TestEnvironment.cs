using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

static class TestEnvironment
{
    /// <summary>Variables with a HOME and a machine id of their own; later ones win.</summary>
    public static ProcessEnvironment In(TempDirectory directory, params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory.Path, ["HFMC_MACHINE_ID"] = "here" };
        foreach (var (name, value) in variables)
            all[name] = value;
        return new(all);
    }

    public static UnixFileMode Mode(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes on Windows");
        return OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
    }

    public const UnixFileMode FileOfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderOfOwner = FileOfOwner | UnixFileMode.UserExecute;
}
