using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>The files of a commit as the hub folder itself tells them, whatever put them there.</summary>
/// <param name="Files">Sorted by path.</param>
/// <param name="IsList">They come from a list of the commit; else they are the files that are here, and there may be more.</param>
public sealed record FoundSnapshot(IReadOnlyList<RepoFile> Files, bool IsList)
{
    /// <summary>Null when the snapshot is not here, or holds files whose names no list and no link tells.</summary>
    public static FoundSnapshot? Of(RepoFolder repo, CommitId commit)
    {
        if (!repo.HasSnapshot(commit))
            return null;
        if (TreeListing.Read(repo.TreeFile(commit)) is { } listed)
            return new(listed, IsList: true);

        var folder = repo.SnapshotFolder(commit);
        var files = new List<RepoFile>();
        foreach (var entry in SnapshotEntries.Below(folder))
        {
            if (!FilePath.TryParse(Path.GetRelativePath(folder, entry).Replace(Path.DirectorySeparatorChar, '/'), out var path))
                continue;
            if (CachedFile.At(path, entry) is not { ETag: { } etag } file)
                return null;
            files.Add(new(path, new(etag, file.Size)));
        }
        return files.Count > 0 ? new([.. files.OrderBy(file => file.Path)], IsList: false) : null;
    }
}
