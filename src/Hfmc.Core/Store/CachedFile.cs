using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>A file of a snapshot on this disk.</summary>
/// <param name="Entry">Where it is found: <c>snapshots/commit/path</c>.</param>
/// <param name="RealPath">Where its bytes are, all links followed; equal to <paramref name="Entry"/> for a regular file.</param>
/// <param name="ETag">The name of the blob that the link points to; null for a regular file, or a link to something else.</param>
/// <param name="Size">Bytes on disk.</param>
public sealed record CachedFile(FilePath Path, string Entry, string RealPath, ETag? ETag, long Size, bool IsLink)
{
    /// <summary>Null when nothing is at the entry, or a folder, or a link that leads nowhere or in a circle.</summary>
    internal static CachedFile? At(FilePath path, string entry)
    {
        // One look tells of most that there is nothing, or no link: a cache is looked through by the thousand.
        var found = new FileInfo(entry);
        if ((int)found.Attributes is -1)
            return null;
        if (!found.Attributes.HasFlag(FileAttributes.ReparsePoint) || found.LinkTarget is not { } target)
            return found.Exists ? new(path, entry, entry, null, found.Length, IsLink: false) : null;
        return FinalTarget(found) is { Exists: true } file
            ? new(path, entry, file.FullName, NameIn(target) ?? NameIn(file.Name), file.Length, IsLink: true)
            : null;
    }

    static ETag? NameIn(string target) => Repos.ETag.TryParse(System.IO.Path.GetFileName(target), out var etag) ? etag : null;

    static FileInfo? FinalTarget(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
