namespace Hfmc.Core.Platform;

/// <summary>The end of a sentence about a disk that refused: why, and what to do about it.</summary>
static class DiskAdvice
{
    /// <returns><c>REASON; NEXT STEP</c>.</returns>
    public static string For(DiskFault fault, Exception error, string? path, bool reading, DiskPlace place)
    {
        var (reason, cure) = fault is DiskFault.Forbidden ? DiskRights.Explain(path, reading) : Of(fault, error, path, place);
        var another = fault is DiskFault.InUse or DiskFault.TooManyOpen ? "" : $", or {place.Another}";
        return $"{reason}; {cure}{another}{(place.Resumes && IsRoom(fault) ? "; then run the command again: it goes on where it stopped" : "")}";
    }

    static bool IsRoom(DiskFault fault) => fault is DiskFault.Full or DiskFault.NoInodes or DiskFault.Quota;

    static (string Reason, string Cure) Of(DiskFault fault, Exception error, string? path, DiskPlace place) => fault switch
    {
        DiskFault.Full => ($"the disk is full{Free(path)}", place.Room),
        DiskFault.NoInodes => ($"the disk takes no more files: it has no free inode{Free(path)}", "delete files there that are not needed ('df -i' counts them)"),
        DiskFault.Quota => ("your quota on this disk is used up", place.Room),
        DiskFault.ReadOnly => ("the volume is read-only", "mount it for writing"),
        DiskFault.IsFolder => ($"{path} is a folder, and hfmc keeps a file there", "move the folder away"),
        DiskFault.FileInTheWay => ($"{DiskFaults.BlockerOf(path)} is a file, and a folder is needed there", "move the file away"),
        DiskFault.DanglingLink => ($"{DiskFaults.BlockerOf(path)} is a link to what is not there", "mount the disk that it leads to"),
        DiskFault.LinkLoop => ("links on the way to it lead to each other", "remove one of them"),
        DiskFault.NameTooLong => ("the name is too long for this file system", "shorten the folder's path"),
        DiskFault.FileTooLarge => ("the file is larger than this file system, or your limit ('ulimit -f'), allows", "use a file system without that limit (FAT ends at 4 GB)"),
        DiskFault.Missing => ("it is not there", "make its folder, or mount its disk"),
        DiskFault.Stale => ("the network disk has changed on its server (stale file handle)", "mount it again"),
        DiskFault.Disconnected => ("the disk is no longer connected", "connect and mount it again"),
        DiskFault.Broken => ("the disk reports an input/output error", "look at the system's log ('dmesg') and check the disk"),
        DiskFault.TooManyOpen => ("too many files are open", "raise the limit ('ulimit -n')"),
        DiskFault.InUse => ("another program uses it", "wait until it has ended and run the command again"),
        DiskFault.Unsupported => ("this file system cannot do it", "use another file system"),
        _ => (error.Message.TrimEnd('.'), "look at its folder's owner, permissions and free space"),
    };

    static string Free(string? path) => VolumeSpace.Of(path) is { } space ? $" ({Size(space.FreeBytes)} of {Size(space.TotalBytes)} are free)" : "";

    static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => $"{bytes / 1e3:N0} kB",
        < 10_000_000_000 => $"{bytes / 1e6:N0} MB",
        _ => $"{bytes / 1e9:N0} GB",
    };
}
