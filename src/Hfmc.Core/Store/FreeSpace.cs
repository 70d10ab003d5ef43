using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Whether what is to come fits on the disk, asked before the first byte.</summary>
public static class FreeSpace
{
    // Links, folders and records; a disk that is full to the last byte serves nobody. Always 16 MiB, whatever the size of the disk.
    const long Reserve = 16 << 20;

    /// <exception cref="DiskException">It does not fit.</exception>
    public static void Check(CacheFolder cache, IEnumerable<Blob> missing) =>
        Check(cache, missing.Sum(blob => Math.Max(0, blob.Size - PartialBlob.HeldOnDisk(cache.PartialFolder, blob))));

    /// <exception cref="DiskException">So many bytes do not fit.</exception>
    public static void Check(CacheFolder cache, long needed)
    {
        if (needed is 0 || Available(cache.Root) is not { } free || needed + Reserve <= free)
            return;
        throw new DiskException($"{cache.Root}: {Megabytes(needed)} are to be stored, {free / 1_000_000:N0} MB are free, "
            + $"and hfmc keeps a fixed reserve of {Megabytes(Reserve)} of these for folders, links and records, so {Megabytes(needed + Reserve - free)} are missing; "
            + $"{Platform.DiskPlace.Cache.Room}, or {Platform.DiskPlace.Cache.Another}");
    }

    static long? Available(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (Platform.DiskFailure.Is(error) || error is ArgumentException)
        {
            return null; // Where the system cannot tell, the writing itself will.
        }
    }

    // Rounded up: less than one megabyte is not nothing.
    static string Megabytes(long bytes) => $"{Math.Ceiling(bytes / 1e6):N0} MB";
}
