using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Platform;

/// <summary>The cheapest way to have a file twice.</summary>
public static class FileCopy
{
    const int Step = 1 << 20;

    /// <summary>A second name for the same file, else shared blocks, else a copy. For files that are never changed in place.</summary>
    public static void LinkOrCopy(string existing, string target)
    {
        if (!NativeFiles.TryHardLink(existing, target))
            CloneOrCopy(existing, target);
    }

    /// <summary>Shared blocks, else a durable copy: a file of its own. The target must not be there.</summary>
    public static void CloneOrCopy(string existing, string target)
    {
        using var source = File.OpenHandle(existing, options: FileOptions.SequentialScan);
        using var copy = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite);
        if (!NativeFiles.TryClone(source, copy))
            Copy(source, copy);
        RandomAccess.FlushToDisk(copy);
    }

    // Not File.Copy, which carries the source's mode over: the copy is the user's own, under their umask.
    static void Copy(SafeFileHandle source, SafeFileHandle copy)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            for (long at = 0; RandomAccess.Read(source, buffer.AsSpan(0, Step), at) is var read and > 0; at += read)
                RandomAccess.Write(copy, buffer.AsSpan(0, read), at);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
