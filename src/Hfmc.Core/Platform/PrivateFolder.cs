namespace Hfmc.Core.Platform;

/// <summary>Folders that only their owner may enter (mode 0700).</summary>
public static class PrivateFolder
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder and those above it that are missing; those that exist stay as they are.</summary>
    public static void CreateMissing(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // One by one: .NET gives the mode to the last one alone.
        if (Path.GetDirectoryName(path) is { } above && !Directory.Exists(above))
            CreateMissing(above);
        Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>
    /// Makes the folder, or proves that the one which is there is this user's own. A link, another's folder, or one that is open to
    /// group or others is a <see cref="DiskException"/>: where anybody may write, as in /tmp, somebody else may have been first.
    /// </summary>
    public static void Claim(string path)
    {
        try
        {
            CreateMissing(path);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            if (!IsLink(path))
                throw DiskFailure.Of($"make the folder {path}", error, DiskPlace.Run);
        }

        if (IsLink(path))
            throw Refused(path, "it is a link");
        if (OperatingSystem.IsWindows())
            return;
        if (!IsOwn(path))
            throw Refused(path, "it belongs to another user");
        if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            throw new DiskException($"refusing to use {path}: it is open to other users; look at what is in it, then run 'chmod 700 {path}', or {DiskPlace.Run.Another}");
    }

    /// <summary>True when this user owns it; links are not followed. Always true on Windows.</summary>
    public static bool IsOwn(string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        if (FileOwner.Of(path) is { } owner)
            return owner == PosixUser.Id;
        try
        {
            // Only an owner may set a mode, even the one it has. (Root always may: where the owner cannot be asked, root goes unchecked.)
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false;
        }
    }

    static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    static DiskException Refused(string path, string reason) =>
        new($"refusing to use {path}: {reason}; remove it, or {DiskPlace.Run.Another}");
}
