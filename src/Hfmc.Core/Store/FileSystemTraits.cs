using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>What the file system of a cache can do, found out by trying it.</summary>
/// <param name="HasLinks">Symbolic links can be made: not on Windows without Developer Mode, nor on some network disks.</param>
/// <param name="FoldsCase">Names that differ only in case are one name.</param>
/// <param name="FoldsForm">Names that differ only in their Unicode form are one name: é as one letter, or as e and an accent.</param>
public sealed record FileSystemTraits(bool HasLinks, bool FoldsCase, bool FoldsForm = false)
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
                return new FileSystemTraits(CanLink(probe), File.Exists(Path.Combine(probe, "TARGET")), FoldsNames(probe));
            }
            finally
            {
                Directory.Delete(probe, recursive: true);
            }
        });

    static bool FoldsNames(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "\u00e9"), []);
        return File.Exists(Path.Combine(folder, "e\u0301"));
    }

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
