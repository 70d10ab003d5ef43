namespace Hfmc.Core.Platform;

/// <summary>The disk's failures in the user's words.</summary>
static class DiskFailure
{
    /// <summary>True for what the file system throws.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>One sentence: <paramref name="what"/> ("cannot write"), the path, the cause, what to check.</summary>
    public static DiskException Of(string what, string path, Exception error) =>
        new($"{what} {path}: {Reason(path, error)}; check its folder's owner, permissions and free space", error);

    static string Reason(string path, Exception error) => error switch
    {
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "permission denied",
        DirectoryNotFoundException => "the folder is not there",
        _ => error.Message.TrimEnd('.'),
    };
}
