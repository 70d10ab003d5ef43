using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>What a volume has room for, for this user.</summary>
/// <param name="FreeBytes">Bytes that this user may still write.</param>
/// <param name="TotalBytes">The size of the volume.</param>
/// <param name="FreeFiles">How many files may still be made (inodes); null where the volume has no such limit, or the system does not say.</param>
public sealed partial record VolumeSpace(long FreeBytes, long TotalBytes, long? FreeFiles)
{
    // struct statvfs of 64-bit Linux: eleven or more fields of eight bytes.
    const int BufferSize = 256, FilesField = 5, FreeFilesField = 7;

    /// <summary>Of the volume that <paramref name="path"/> is on, or would be; null when the system does not say.</summary>
    public static VolumeSpace? Of(string? path)
    {
        try
        {
            return DiskRights.Nearest(path) is { } there && new DriveInfo(there) is var drive ? new(drive.AvailableFreeSpace, drive.TotalSize, FreeFilesOf(there)) : null;
        }
        catch (Exception error) when (DiskFailure.Is(error) || error is ArgumentException)
        {
            return null;
        }
    }

    static long? FreeFilesOf(string path)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        Span<ulong> buffer = stackalloc ulong[BufferSize / sizeof(ulong)];
        if (StatVfs(path, ref MemoryMarshal.GetReference(buffer)) is not 0 || buffer[FilesField] is 0)
            return null;
        return (long)Math.Min(buffer[FreeFilesField], long.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ref ulong buffer);
}
