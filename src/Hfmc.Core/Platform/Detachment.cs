using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>What makes a background process independent of the one that started it: its own session, no descriptor of others.</summary>
public static partial class Detachment
{
    const int SetDescriptorFlags = 2, CloseOnExec = 1; // F_SETFD, FD_CLOEXEC
    const int ReadWrite = 2; // O_RDWR

    /// <summary>In the starter: keeps descriptors that it inherited itself (a shell's lock, ssh's pipe) from the child.</summary>
    public static void KeepDescriptorsFromChildren()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd";
        foreach (var entry in Directory.GetFileSystemEntries(folder))
            if (int.TryParse(Path.GetFileName(entry), out var descriptor) && descriptor > 2)
                _ = Fcntl(descriptor, SetDescriptorFlags, CloseOnExec);
    }

    /// <summary>In the child, once it has said what it had to say: a session of its own, and standard streams that lead nowhere.</summary>
    public static void LeaveStarter()
    {
        if (OperatingSystem.IsWindows())
            return;
        _ = SetSid();
        var nowhere = Open("/dev/null", ReadWrite);
        for (var standard = 0; standard <= 2; standard++)
            _ = Dup2(nowhere, standard);
        if (nowhere > 2)
            _ = Close(nowhere);
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    // Declared with three fixed arguments; on the systems we run on, small variadic integers travel the same way, except on macOS arm64,
    // where the flag is then not set and a starter's descriptor may stay open in the daemon.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Dup2(int descriptor, int other);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
