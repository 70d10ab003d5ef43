namespace Hfmc.Core.Store;

/// <summary>Folders that a deletion has emptied.</summary>
static class EmptyFolders
{
    /// <summary>
    /// Removes <paramref name="folder"/> and then its parents for as long as they are empty; <paramref name="top"/> itself stays.
    /// </summary>
    public static void RemoveUpTo(string top, string folder)
    {
        for (var at = folder; at.Length > top.Length && at.StartsWith(top, StringComparison.Ordinal); at = Path.GetDirectoryName(at) ?? top)
            if (!TryRemove(at))
                return;
    }

    /// <summary>Removes the folder if it is empty and no link; true when it is gone.</summary>
    public static bool TryRemove(string folder)
    {
        // To delete a link would always succeed, whatever is in the folder behind it.
        if (new DirectoryInfo(folder).LinkTarget is not null)
            return false;
        try
        {
            // Not asked first whether it is empty: somebody may put a file there meanwhile, and then the removal itself fails.
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(folder);
        }
    }
}
