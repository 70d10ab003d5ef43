using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Store;

/// <summary>
/// By what a blob is seen to have been changed without reading it: its size in bytes, and the time of its last change in units of 100 ns,
/// as the file system tells both.
/// </summary>
public readonly record struct BlobStamp(long Size, long Modified)
{
    /// <summary>Null when there is no such file. Of a link, what it leads to.</summary>
    public static BlobStamp? Of(string path) =>
        new FileInfo(path) is var file && file.LinkTarget is not null ? Of(file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) : Of(file);

    public static BlobStamp? Of(FileInfo? file) => file is { Exists: true } ? new(file.Length, file.LastWriteTimeUtc.Ticks) : null;

    public static BlobStamp Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks);
}
