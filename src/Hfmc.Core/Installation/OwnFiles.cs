using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;

namespace Hfmc.Core.Installation;

/// <summary>Something of this program outside the cache that goes with an uninstall. Size in bytes.</summary>
public sealed record OwnFile(string What, string Path, long Bytes);

/// <summary>
/// The settings, this machine's part of the home folder and the run folder. What other machines or the user have in the home folder stays.
/// </summary>
public sealed class OwnFiles(HomePaths home)
{
    readonly string _runs = Path.GetDirectoryName(home.Run.Path) ?? home.Run.Path;

    /// <summary>Those that are there.</summary>
    public IReadOnlyList<OwnFile> List() =>
        [.. new[] { ("settings", home.ConfigFile), ("this machine's id and peers", home.NodeFolder), ("run folder", home.Run.Path) }
            .Where(own => File.Exists(own.Item2) || Directory.Exists(own.Item2))
            .Select(own => new OwnFile(own.Item1, own.Item2, SizeOf(own.Item2)))];

    /// <summary>Removes them, and the folders around them that are empty then.</summary>
    public void Remove()
    {
        foreach (var own in List())
            DiskFailure.Guard($"delete {own.Path}", () => CacheRemoval.Delete(own.Path), PlaceOf(own.Path));
        foreach (var around in new[] { Path.GetDirectoryName(home.NodeFolder), home.Home, _runs })
            if (around is not null)
                DiskFailure.Guard($"delete {around}", () => EmptyFolders.TryRemove(around), PlaceOf(around));
    }

    DiskPlace PlaceOf(string path) => path.StartsWith(_runs, StringComparison.Ordinal) ? DiskPlace.Run : DiskPlace.Home;

    /// <summary>Bytes of a file, or of all files below a folder.</summary>
    public static long SizeOf(string path) => File.Exists(path) ? BlobUse.SizeOf(path) : SnapshotEntries.Below(path).Sum(BlobUse.SizeOf);
}
