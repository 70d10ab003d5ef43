namespace Hfmc.Core.Platform;

/// <summary>The cheapest way to have a file twice.</summary>
public static class FileCopy
{
    /// <summary>A second name for the same file, else shared blocks, else a copy. For files that are never changed in place.</summary>
    public static void LinkOrCopy(string existing, string target)
    {
        if (!NativeFiles.TryHardLink(existing, target))
            CloneOrCopy(existing, target);
    }

    /// <summary>Shared blocks, else a durable copy: a file of its own. The target must not be there.</summary>
    public static void CloneOrCopy(string existing, string target)
    {
        using var source = File.OpenHandle(existing);
        using (var copy = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            if (NativeFiles.TryClone(source, copy))
            {
                RandomAccess.FlushToDisk(copy);
                return;
            }
        }

        // The kernel's own copy, which .NET uses, beats a loop of ours.
        File.Copy(existing, target, overwrite: true);
        using var written = File.OpenHandle(target, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(written);
    }
}
