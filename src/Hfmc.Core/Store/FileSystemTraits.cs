using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>What the file system of a cache can do, found out by trying it.</summary>
/// <param name="HasLinks">Symbolic links can be made: not on Windows without Developer Mode, nor on some network disks.</param>
/// <param name="FoldsCase">Names that differ only in case are one name.</param>
public sealed record FileSystemTraits(bool HasLinks, bool FoldsCase)
{
    /// <summary>Makes a real link in a folder of its own below <paramref name="folder"/>, and removes both.</summary>
    public static FileSystemTraits Probe(string folder) =>
        DiskFailure.Guard($"write below {folder}", () =>
        {
            var probe = Path.Combine(folder, $"probe-{Guid.NewGuid().ToString("N")[..8]}");
            Directory.CreateDirectory(probe);
            try
            {
                File.WriteAllBytes(Path.Combine(probe, "target"), []);
                return new FileSystemTraits(CanLink(probe), File.Exists(Path.Combine(probe, "TARGET")));
            }
            finally
            {
                Directory.Delete(probe, recursive: true);
            }
        });

    static bool CanLink(string folder)
    {
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, "link"), "target");
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error) && !DiskFailure.IsNoRoom(error))
        {
            return false;
        }
    }
}
