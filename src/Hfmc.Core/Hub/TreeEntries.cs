using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>Entries of a tree as files of a snapshot.</summary>
static class TreeEntries
{
    /// <summary>Adds the files among them and returns those that can be kept here.</summary>
    /// <exception cref="SourceException">An entry cannot be right.</exception>
    public static IReadOnlyList<RepoFile> AddAll(this SnapshotBuilder listing, IEnumerable<TreeEntryJson?> entries)
    {
        var files = new List<RepoFile>();
        foreach (var entry in entries)
            if (entry is { Type: "file" } && listing.Add(entry.Path, entry.Lfs?.Oid ?? entry.Oid, entry.Lfs?.Size ?? entry.Size, entry.XetHash)
                && FilePath.TryParse(entry.Path, out var path) && listing.Find(path) is { } file)
                files.Add(file);
        return files;
    }
}
