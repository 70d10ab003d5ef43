using Hfmc.Daemon.Logging;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Logging;

public sealed class RotatingFileTests : IDisposable
{
    const long LargestFile = 10 << 20;

    readonly TempFolder _folder = new();

    string Log => Path.Combine(_folder.Path, "daemon.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_full_file_becomes_the_first_of_the_old_ones_and_four_are_kept()
    {
        var megabyte = new string('x', 1 << 20);
        using (var file = new RotatingFile(Log))
            for (var line = 0; line < 65; line++)
                file.WriteLine($"{line} {megabyte}");

        Assert.Equal(["daemon.log", "daemon.log.1", "daemon.log.2", "daemon.log.3", "daemon.log.4"],
            Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_folder.Path), old => Assert.InRange(new FileInfo(old).Length, 1, LargestFile + (2 << 20)));
        Assert.StartsWith("60 ", File.ReadLines(Log).First());
        Assert.StartsWith("50 ", File.ReadLines(Log + ".1").First());
        Assert.StartsWith("20 ", File.ReadLines(Log + ".4").First());
    }

    [Fact]
    public void A_file_of_an_earlier_run_is_continued()
    {
        File.WriteAllText(Log, "before\n");

        using (var file = new RotatingFile(Log))
            file.WriteLine("after");

        Assert.Equal(["before", "after"], File.ReadAllLines(Log));
    }

    [Fact]
    public void A_log_that_cannot_be_written_ends_nothing()
    {
        using var file = new RotatingFile(Path.Combine(_folder.Path, "gone", "daemon.log"));

        file.WriteLine("lost");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "gone"));
        file.WriteLine("kept");

        Assert.Equal("kept\n", File.ReadAllText(Path.Combine(_folder.Path, "gone", "daemon.log")));
    }

    [Fact]
    public void Only_its_owner_reads_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes on Windows");
        using var file = new RotatingFile(Log);
        file.WriteLine("a line");

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Log));
    }
}
