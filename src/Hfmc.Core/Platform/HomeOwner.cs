namespace Hfmc.Core.Platform;

/// <summary>
/// Keeps root from running a daemon in another user's home: its files would be root's, and their user could neither change nor delete
/// them. Root does not become that user here, since what root inherited (variables, open files, groups) would stay root's.
/// </summary>
public static class HomeOwner
{
    const uint Root = 0;

    /// <exception cref="DiskException">This is root, and the folder, or the nearest one above it that is there, is somebody else's.</exception>
    public static void MustNotBeAnothers(string folder)
    {
        if (!OperatingSystem.IsWindows() && OtherOwner(PosixUser.Id, folder, FileOwner.Of) is var (owned, owner))
            throw new DiskException($"refusing to run as root in the home of user {owner}, who could not use what root leaves in {owned}: run it as that user, "
                + $"for example with 'sudo -u \"#{owner}\" hfmc daemon start', or set HFMC_HOME to a folder of root's");
    }

    /// <summary>True when this is root, and the folder, or the nearest one above it that is there, is somebody else's.</summary>
    public static bool IsAnothers(string folder) => !OperatingSystem.IsWindows() && OtherOwner(PosixUser.Id, folder, FileOwner.Of) is not null;

    internal static (string Folder, uint Owner)? OtherOwner(uint user, string folder, Func<string, uint?> ownerOf)
    {
        if (user is not Root)
            return null;
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
            if (ownerOf(at) is { } owner)
                return owner is Root ? null : (at, owner);
        return null;
    }
}
