using Hfmc.Core;
using Hfmc.Core.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests;

public sealed class RunClaimTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_daemon_of_the_same_home_is_told_that_one_runs()
    {
        using var first = RunClaim.Take(Run());

        Assert.Throws<AlreadyRunningException>(() => RunClaim.Take(Run()));
    }

    [Theory]
    [InlineData("daemon.lock")]
    [InlineData("daemon.sock")]
    public void What_cannot_be_written_is_no_running_daemon_and_has_its_own_advice(string inTheWay)
    {
        var run = Run();
        run.Create();
        // A folder in the way stops root too.
        Directory.CreateDirectory(Path.Combine(run.Path, inTheWay, "x"));

        var error = Assert.Throws<DiskException>(() => RunClaim.Take(run));

        Assert.Contains(run.Path, error.Message);
        Assert.Contains("set XDG_RUNTIME_DIR", error.Message);
        Directory.Delete(Path.Combine(run.Path, inTheWay), recursive: true);
        RunClaim.Take(run).Dispose();
    }

    RunFolder Run() => HomePaths.From(new(new Dictionary<string, string>
    {
        ["HOME"] = _folder.Path,
        ["HFMC_MACHINE_ID"] = "here",
        ["XDG_RUNTIME_DIR"] = _folder.Folder("run"),
    })).Run;
}
