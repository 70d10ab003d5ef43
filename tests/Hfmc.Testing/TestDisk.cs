using System.Diagnostics;

namespace Hfmc.Testing;

/// <summary>A small disk in memory, where this process may mount one.</summary>
public sealed class TestDisk : IDisposable
{
    TestDisk(string path) => Path = path;

    public string Path { get; }

    /// <param name="size">As mount(8) has it, such as <c>64m</c>.</param>
    /// <param name="skip">Ends the test, where none can be mounted.</param>
    public static TestDisk Mount(string size, Action<string> skip)
    {
        var path = Directory.CreateTempSubdirectory("hfmc-disk-").FullName;
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "hfmc-test", path))
            return new(path);
        Directory.Delete(path);
        skip("needs the right to mount a tmpfs");
        throw new UnreachableException();
    }

    /// <summary>Writes a file until there is no byte left.</summary>
    public static void FillUp(string path)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        try
        {
            for (long at = 0; ; at += 4096)
                RandomAccess.Write(file, new byte[4096], at);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Remount(string how) => Check(Run("mount", "-o", $"remount,{how}", Path), $"{Path} cannot be remounted {how}");

    /// <summary>From here on nothing can be written: <c>read-only</c>, or <c>full</c> to the last byte.</summary>
    public void TakeNothingMore(string how)
    {
        if (how is "full")
            FillUp(System.IO.Path.Combine(Path, "filler"));
        else
            Remount("ro");
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    static void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }

    static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode is 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
