namespace Hfmc.Core.Platform;

/// <summary>Why a disk refused, as far as the user can do something different about it.</summary>
public enum DiskFault
{
    Other,
    Full,
    NoInodes,
    Quota,
    ReadOnly,
    Forbidden,
    IsFolder,
    FileInTheWay,
    DanglingLink,
    LinkLoop,
    NameTooLong,
    FileTooLarge,
    Missing,
    Stale,
    Disconnected,
    Broken,
    TooManyOpen,
    InUse,
    Unsupported,
}

/// <summary>Tells from an error of the file system and from the path which fault it is. Error numbers: errno(3) of Linux, errno.h of macOS.</summary>
static class DiskFaults
{
    /// <param name="path">The path that failed, absolute; null when it is not known.</param>
    public static DiskFault Of(Exception error, string? path) => error switch
    {
        PathTooLongException => DiskFault.NameTooLong,
        ArgumentOutOfRangeException => DiskFault.FileTooLarge,
        FileNotFoundException or DirectoryNotFoundException => OfMissing(path),
        UnauthorizedAccessException when Number(error) is { } number && !IsAccess(number) => OfNumber(number, path),
        // TrustedPath's own words.
        UnauthorizedAccessException when !error.Message.StartsWith("Access to the path", StringComparison.Ordinal) => DiskFault.Other,
        UnauthorizedAccessException => path is not null && Directory.Exists(path) && DiskRights.Allow(path) ? DiskFault.IsFolder : DiskFault.Forbidden,
        _ => OfNumber(error.HResult, path),
    };

    /// <summary>True for what .NET throws when a file would become larger than the volume allows (EFBIG); it has no type of its own.</summary>
    public static bool IsTooLarge(Exception error) =>
        error is ArgumentOutOfRangeException { ParamName: "value" } && error.Message.Contains("too large for the file system", StringComparison.Ordinal);

    static int? Number(Exception error) => (error.InnerException as IOException)?.HResult;

    static bool IsAccess(int number) => number is 1 or 13; // EPERM, EACCES

    // A path below a file is "not found" too, and so is one through a link whose target is gone.
    static DiskFault OfMissing(string? path) => BlockerOf(path) switch
    {
        null => DiskFault.Missing,
        var blocker when IsDangling(blocker) => DiskFault.DanglingLink,
        _ => DiskFault.FileInTheWay,
    };

    // Such a link "exists" as a file, for .NET.
    static bool IsDangling(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false };
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return true;
        }
    }

    /// <summary>The path, or the folder above it, where a file or a link that leads nowhere stands in the way of a folder; else null.</summary>
    public static string? BlockerOf(string? path)
    {
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
            if (Directory.Exists(at))
                return null;
            else if (File.Exists(at) || new FileInfo(at).LinkTarget is not null)
                return at;
        return null;
    }

    static DiskFault OfNumber(int number, string? path) => number switch
    {
        28 when VolumeSpace.Of(path) is { FreeFiles: 0, FreeBytes: > 0 } => DiskFault.NoInodes,
        28 or unchecked((int)0x80070070) or unchecked((int)0x80070027) => DiskFault.Full,
        30 => DiskFault.ReadOnly,
        5 => DiskFault.Broken, // EIO
        17 => OfMissing(path), // EEXIST, where a folder is wanted
        23 or 24 => DiskFault.TooManyOpen, // ENFILE, EMFILE
        6 or 19 => DiskFault.Disconnected, // ENXIO, ENODEV
        16 or 26 => DiskFault.InUse, // EBUSY, ETXTBSY
        unchecked((int)0x80070020) or unchecked((int)0x80070021) => DiskFault.InUse,
        _ when OperatingSystem.IsMacOS() => OfMacOS(number),
        _ => OfLinux(number),
    };

    static DiskFault OfLinux(int number) => number switch
    {
        122 => DiskFault.Quota,
        11 => DiskFault.InUse,
        36 => DiskFault.NameTooLong,
        40 => DiskFault.LinkLoop,
        116 => DiskFault.Stale,
        107 or 108 or 110 or 112 or 113 => DiskFault.Disconnected, // ENOTCONN, ESHUTDOWN, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH
        121 => DiskFault.Broken, // EREMOTEIO
        38 or 95 => DiskFault.Unsupported, // ENOSYS, EOPNOTSUPP
        _ => DiskFault.Other,
    };

    static DiskFault OfMacOS(int number) => number switch
    {
        69 => DiskFault.Quota,
        35 => DiskFault.InUse,
        63 => DiskFault.NameTooLong,
        62 => DiskFault.LinkLoop,
        70 => DiskFault.Stale,
        57 or 58 or 60 or 64 or 65 => DiskFault.Disconnected,
        78 or 45 or 102 => DiskFault.Unsupported,
        _ => DiskFault.Other,
    };
}
