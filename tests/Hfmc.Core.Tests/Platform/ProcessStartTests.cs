using System.Diagnostics;
using Hfmc.Core.Platform;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

/// <summary>Which processes are there.</summary>
public sealed class ProcessStartTests
{
    [Fact]
    public void This_one_is_and_began_once() =>
        Assert.Equal(ProcessStart.Of(Environment.ProcessId), Assert.NotNull(ProcessStart.Of(Environment.ProcessId)));

    [Fact]
    public void One_that_never_was_is_not() => Assert.Null(ProcessStart.Of(int.MaxValue));

    [Fact]
    public async Task One_that_has_ended_is_gone_though_its_parent_has_not_noticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ends like this on Unix only");
        // The shell becomes a program that never asks after the child it had.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 300"]) { RedirectStandardOutput = true })!;
        try
        {
            var child = int.Parse((await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);
            while (!(await File.ReadAllTextAsync($"/proc/{child}/stat", TestContext.Current.CancellationToken)).Contains(") Z ", StringComparison.Ordinal))
                await Task.Yield();

            Assert.Null(ProcessStart.Of(child));
        }
        finally
        {
            parent.Kill();
        }
    }
}
