using System.Diagnostics;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>A disk of a few megabytes, in memory; only root may mount it, so a test is skipped where that cannot be.</summary>
sealed class SmallDisk : IAsyncDisposable
{
    SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a small disk needs root to be mounted");
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "hfmc-test", folder) is 0, "no disk can be mounted here");
        return new(folder);
    }

    public async Task MakeReadOnlyAsync() => Assert.Equal(0, await RunAsync("mount", "-o", "remount,ro", Folder));

    public async Task MakeWritableAsync() => Assert.Equal(0, await RunAsync("mount", "-o", "remount,rw", Folder));

    /// <summary>Writes a file until only so many bytes are free; deleting it frees them again.</summary>
    public string Fill(long leave)
    {
        var path = Path.Combine(Folder, "ballast");
        using var file = File.Create(path);
        for (var step = new byte[1 << 20]; new DriveInfo(Folder).AvailableFreeSpace is var free && free > leave;)
            file.Write(step.AsSpan(0, (int)Math.Min(step.Length, free - leave)));
        return path;
    }

    public void FillToTheLast() => Hfmc.Testing.TestDisk.FillUp(Path.Combine(Folder, "filler"));

    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", Folder);

    static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
