namespace Hfmc.Core.Store;

/// <summary>Turns what the disk throws into <see cref="DiskException"/>, so that a caller never takes a full disk for a broken network.</summary>
static class DiskErrors
{
    // ENOSPC, EDQUOT, EROFS on Linux; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    const int NoSpace = 28, OverQuota = 122, ReadOnlyVolume = 30, WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleFull = unchecked((int)0x80070027);

    public static bool IsDisk(Exception error) => error is IOException or UnauthorizedAccessException;

    public static DiskException Wrap(string doing, string path, Exception error) => new(error switch
    {
        { HResult: NoSpace or OverQuota or WindowsDiskFull or WindowsHandleFull } =>
            $"{doing} {path}: the disk is full; free some space ('hfmc model ls' shows sizes) and run the command again: it goes on where it stopped",
        { HResult: ReadOnlyVolume } => $"{doing} {path}: the volume is read-only; choose another cache with 'hfmc conf cache set DIR'",
        UnauthorizedAccessException => $"{doing} {path}: no permission; check who owns the folder, or choose another cache with 'hfmc conf cache set DIR'",
        _ => $"{doing} {path}: {error.Message}",
    }, error);

    public static T Guard<T>(string doing, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (IsDisk(error))
        {
            throw Wrap(doing, path, error);
        }
    }

    public static void Guard(string doing, string path, Action action) => Guard(doing, path, () =>
    {
        action();
        return true;
    });
}
