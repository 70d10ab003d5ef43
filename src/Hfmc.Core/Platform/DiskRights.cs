using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>Says which folder or file keeps this user from a path, and whose it is.</summary>
static partial class DiskRights
{
    const int Enter = 1, Write = 2, Read = 4; // X_OK, W_OK, R_OK

    /// <summary>The reason and what to do about it: <c>/data belongs to root, and hfmc runs as user 1000</c>.</summary>
    public static (string Reason, string Cure) Explain(string? path, bool reading)
    {
        if (OperatingSystem.IsWindows() || Culprit(path, reading) is not { } culprit || FileOwner.Of(culprit) is not { } owner)
            return ("permission denied", "let this user use it");
        var me = PosixUser.Id;
        if (owner == me && me is not 0)
            return ($"permission denied: the mode of {culprit} does not allow it to its owner", $"run 'chmod u+rw{(Directory.Exists(culprit) ? "x" : "")} {culprit}'");
        return me is 0
            ? ($"the file system forbids {culprit} even to root", "look at its attributes ('lsattr') and at how its disk is mounted")
            : ($"permission denied: {culprit} belongs to {Name(owner)}, and hfmc runs as {Name(me)}", "let its owner give you the right");
    }

    /// <summary>True when this user may do everything with what is at the path.</summary>
    public static bool Allow(string path) => OperatingSystem.IsWindows() || Access(path, Read | Write | (Directory.Exists(path) ? Enter : 0)) is 0;

    /// <summary>The path itself, or the nearest folder above it that is there; null when nothing is.</summary>
    public static string? Nearest(string? path)
    {
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
            if (Path.Exists(at))
                return at;
        return null;
    }

    // What is deleted or replaced may itself be free to write, and its folder not.
    static string? Culprit(string? path, bool reading)
    {
        var nearest = Nearest(path);
        for (var at = nearest; at is not null; at = Path.GetDirectoryName(at))
            if (Access(at, (reading ? Read : Write) | (Directory.Exists(at) ? Enter : 0)) is not 0)
                return at;
            else if (at != nearest)
                break;
        return nearest;
    }

    static string Name(uint user) => user is 0 ? "root" : $"user {user}";

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
