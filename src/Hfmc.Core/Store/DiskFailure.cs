namespace Hfmc.Core.Store;

/// <summary>Turns what the file system throws into a <see cref="DiskException"/> whose sentence names the work and the next step.</summary>
static class DiskFailure
{
    /// <summary>ENOSPC, EDQUOT and ERROR_DISK_FULL.</summary>
    static readonly int[] NoRoom = [28, 122, unchecked((int)0x80070070)];

    /// <param name="doing">What is being done, as it stands after "cannot": <c>read /cache/hub</c>.</param>
    public static T Guard<T>(string doing, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (IsDisk(error))
        {
            throw From(doing, error);
        }
    }

    public static void Guard(string doing, Action work) =>
        Guard(doing, () =>
        {
            work();
            return true;
        });

    public static bool IsDisk(Exception error) => error is IOException or UnauthorizedAccessException;

    public static bool IsNoRoom(Exception error) => NoRoom.Contains(error.HResult);

    public static DiskException From(string doing, Exception error) =>
        new($"cannot {doing}: {error.Message.TrimEnd('.')}; {NextStep(error)}", error);

    static string NextStep(Exception error) => error switch
    {
        _ when IsNoRoom(error) => "free some space, for example with 'hfmc model prune', and run this again",
        UnauthorizedAccessException => "check who owns the cache folder and its permissions",
        _ => "check the disk of the cache folder",
    };
}
