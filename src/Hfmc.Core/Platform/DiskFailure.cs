namespace Hfmc.Core.Platform;

/// <summary>Turns what the file system throws into a <see cref="DiskException"/>, so that a full disk is never taken for a broken network.</summary>
public static class DiskFailure
{
    const int ReadOnlyVolume = 30;

    // ENOSPC, EDQUOT, ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
    static readonly int[] s_noRoom = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // EAGAIN on Linux, on macOS, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
    static readonly int[] s_inUse = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    /// <summary>True when somebody else holds a lock on the file.</summary>
    public static bool IsInUse(Exception error) => error is IOException && Array.IndexOf(s_inUse, error.HResult) >= 0;

    /// <summary>True for what the file system throws.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException;

    public static bool IsNoRoom(Exception error) => Array.IndexOf(s_noRoom, error.HResult) >= 0;

    /// <param name="doing">What was being done, as it stands after "cannot": <c>read /cache/hub</c>.</param>
    /// <param name="error">What the system said.</param>
    public static DiskException Of(string doing, Exception error) => new($"cannot {doing}: {Reason(error)}; {NextStep(error)}", error);

    public static T Guard<T>(string doing, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (Is(error))
        {
            throw Of(doing, error);
        }
    }

    public static void Guard(string doing, Action work) =>
        Guard(doing, () =>
        {
            work();
            return true;
        });

    static string Reason(Exception error) => error switch
    {
        _ when IsNoRoom(error) => "the disk is full",
        { HResult: ReadOnlyVolume } => "the volume is read-only",
        UnauthorizedAccessException => "permission denied, or it is a folder",
        DirectoryNotFoundException => "the folder is not there",
        _ => error.Message.TrimEnd('.'),
    };

    static string NextStep(Exception error) => error switch
    {
        _ when IsNoRoom(error) => "free some space ('hfmc model prune' and 'hfmc model rm' help) and run the command again: it goes on where it stopped",
        { HResult: ReadOnlyVolume } => "choose another cache with 'hfmc conf cache set DIR'",
        _ => "check its folder's owner, permissions and free space",
    };
}
