namespace Hfmc.Core.Platform;

/// <summary>Turns what the file system throws into a <see cref="DiskException"/>, so that a full disk is never taken for a broken network.</summary>
public static class DiskFailure
{
    /// <summary>ENOSPC.</summary>
    public const int NoRoom = 28;

    const int LongestDoing = 400;

    // ENOSPC, EDQUOT, ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
    static readonly int[] s_noRoom = [NoRoom, OperatingSystem.IsMacOS() ? 69 : 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // EAGAIN on Linux, on macOS, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
    static readonly int[] s_inUse = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    /// <summary>True when somebody else holds a lock on the file.</summary>
    public static bool IsInUse(Exception error) => error is IOException && Array.IndexOf(s_inUse, error.HResult) >= 0;

    /// <summary>True for what the file system throws.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException || DiskFaults.IsTooLarge(error);

    public static bool IsNoRoom(Exception error) => Array.IndexOf(s_noRoom, error.HResult) >= 0;

    /// <param name="doing">What was being done, as it stands after "cannot": <c>read /cache/hub</c>.</param>
    /// <param name="error">What the system said.</param>
    /// <param name="place">Whose advice fits; the cache unless it is said.</param>
    public static DiskException Of(string doing, Exception error, DiskPlace? place = null)
    {
        var path = PathIn(error) ?? PathIn(doing);
        var said = DiskAdvice.For(DiskFaults.Of(error, path), error, path, reading: doing.StartsWith("read", StringComparison.Ordinal), place ?? DiskPlace.Cache);
        return new($"cannot {(doing.Length > LongestDoing ? $"{doing[..LongestDoing]}…" : doing)}: {said}", error);
    }

    public static T Guard<T>(string doing, Func<T> work, DiskPlace? place = null)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (Is(error))
        {
            throw Of(doing, error, place);
        }
    }

    public static void Guard(string doing, Action work, DiskPlace? place = null) =>
        Guard(doing, () =>
        {
            work();
            return true;
        }, place);

    // .NET puts the path that failed into quotes in its message, and into no member.
    static string? PathIn(Exception error) =>
        error.Message.IndexOf('\'') is var start and >= 0 && error.Message.LastIndexOf('\'') is var end && end > start + 1
            ? Rooted(error.Message[(start + 1)..end])
            : null;

    static string? PathIn(string doing) => doing.IndexOf(" /", StringComparison.Ordinal) is var start and >= 0 ? Rooted(doing[(start + 1)..]) : null;

    static string? Rooted(string text) => Path.IsPathFullyQualified(text) ? text : null;
}
