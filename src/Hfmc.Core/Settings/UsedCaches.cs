using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// The caches that this home has used, on this machine and on others that share the home: <c>nodes/{machine-id}/caches/{hash of the path}</c>,
/// each with the path as its text. One that was used and is not there is a disk that is not mounted, so it is never made again;
/// <c>uninstall</c> names them all. A file for each, because several machines and commands may write at once.
/// </summary>
public sealed class UsedCaches(HomePaths home)
{
    const int Most = 64, MostNodes = 1000, LargestFile = 8192, HashLength = 32;

    string Folder => Path.Combine(home.NodeFolder, "caches");

    /// <summary>True when a command of this home has used the cache, on whatever machine. What cannot be read has not.</summary>
    public bool Contains(string cache)
    {
        try
        {
            var nodes = Path.GetDirectoryName(home.NodeFolder);
            return Directory.Exists(nodes) && Directory.EnumerateDirectories(nodes).Take(MostNodes).Any(node => File.Exists(FileIn(Path.Combine(node, "caches"), cache)));
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false;
        }
    }

    /// <summary>The caches that this machine has used, sorted by path; files that hold something else are passed over.</summary>
    public IReadOnlyList<string> Here()
    {
        try
        {
            return Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Take(2 * Most).Select(Read).OfType<string>().Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return [];
        }
    }

    /// <summary>
    /// Remembers the cache; of more than 64 the oldest notes go. Where the home cannot be written, or is another user's, nothing is
    /// remembered: that is no reason not to use the cache.
    /// </summary>
    public void Note(string cache)
    {
        try
        {
            if (!HomeOwner.IsAnothers(home.Home) && PrivateFile.TryCreate(FileIn(Folder, cache), Encoding.UTF8.GetBytes($"{cache}\n"), DiskPlace.Home))
                ForgetOldest();
        }
        catch (Exception error) when (error is DiskException || DiskFailure.Is(error))
        {
            // A cache that can be used is used.
        }
    }

    void ForgetOldest()
    {
        var notes = new DirectoryInfo(Folder).GetFiles();
        foreach (var note in notes.OrderByDescending(note => note.LastWriteTimeUtc).ThenBy(note => note.Name, StringComparer.Ordinal).Skip(Most))
            note.Delete();
    }

    static string? Read(string file)
    {
        try
        {
            return PrivateFile.ReadText(file, LargestFile, DiskPlace.Home)?.TrimEnd('\n') is { Length: > 0 } cache
                && Path.IsPathFullyQualified(cache) && !cache.Any(char.IsControl) && FileIn(Path.GetDirectoryName(file)!, cache) == file ? cache : null;
        }
        catch (HfmcException)
        {
            return null;
        }
    }

    static string FileIn(string folder, string cache) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cache)))[..HashLength]);
}
