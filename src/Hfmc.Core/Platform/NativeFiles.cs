using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Platform;

/// <summary>
/// The file calls that .NET lacks and that differ by system: durable folders, hard links, block sharing. Where a system has no
/// such call, the method does nothing or says false, and the caller takes its slower way.
/// </summary>
public static partial class NativeFiles
{
    const int ReadOnly = 0, CloseOnExec = 0x80000; // O_RDONLY, O_CLOEXEC (Linux)
    const uint WriteOut = 2; // SYNC_FILE_RANGE_WRITE
    const nuint Clone = 0x40049409; // FICLONE

    /// <summary>Makes renames in <paramref name="folder"/> durable (fsync of the folder itself).</summary>
    public static void SyncFolder(string folder) => OnFolder(folder, FileSync);

    /// <summary>Makes everything written so far to the volume of <paramref name="folder"/> durable; false where the system cannot.</summary>
    public static bool TrySyncVolume(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        OnFolder(folder, VolumeSync);
        return true;
    }

    /// <summary>Starts writing a range to disk without waiting, so that the final sync finds little left to do.</summary>
    public static void StartWriteOut(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
            _ = SyncFileRange(file, offset, length, WriteOut);
    }

    /// <summary>Gives the file at <paramref name="existing"/> a second name; false when the volume or system will not.</summary>
    public static bool TryHardLink(string existing, string name) =>
        !OperatingSystem.IsWindows() && Link(existing, name) is 0;

    /// <summary>Makes <paramref name="target"/> share the blocks of <paramref name="source"/> (reflink); false when the volume will not.</summary>
    public static bool TryClone(SafeFileHandle source, SafeFileHandle target) =>
        OperatingSystem.IsLinux() && Ioctl(target, Clone, (int)source.DangerousGetHandle()) is 0;

    static void OnFolder(string folder, Func<int, int> sync)
    {
        if (OperatingSystem.IsWindows())
            return; // NTFS journals its folders itself.
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? ReadOnly | CloseOnExec : ReadOnly);
        if (descriptor < 0)
            return; // The rename has happened; a volume that will not open its folders cannot promise more.
        _ = sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs")]
    private static partial int VolumeSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(SafeFileHandle file, nuint request, int argument);
}
