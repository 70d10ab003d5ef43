using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>What of a cache is neither a model nor anybody else's: this program's own folders, and the folders around the models once these are gone.</summary>
public sealed class CacheRemains(string root)
{
    readonly string _hub = Path.Combine(root, "hub");

    /// <summary>Unfinished downloads, and what is known of the models.</summary>
    public IReadOnlyList<string> Own => [Path.Combine(root, "partial"), Path.Combine(root, "state")];

    /// <summary>
    /// Removes the folders of this program, then the hub folder if nothing but huggingface_hub's own marks is left in it, then the
    /// cache folder if it is empty. A folder that is a link is unlinked, and what it leads to stays.
    /// </summary>
    public void Remove()
    {
        foreach (var folder in Own)
            DiskFailure.Guard($"delete {folder}", () => CacheRemoval.Delete(folder));
        DiskFailure.Guard($"delete {_hub}", RemoveHub);
        DiskFailure.Guard($"delete {root}", () => EmptyFolders.TryRemove(root));
    }

    void RemoveHub()
    {
        if (new DirectoryInfo(_hub) is not { Exists: true, LinkTarget: null } || Directory.EnumerateFileSystemEntries(_hub).Any(entry => !IsMark(entry)))
            return;
        foreach (var mark in Directory.GetFileSystemEntries(_hub))
            CacheRemoval.Delete(mark);
        EmptyFolders.TryRemove(_hub);
    }

    static bool IsMark(string entry) => Path.GetFileName(entry) is "CACHEDIR.TAG" or ".locks";
}
