using Hfmc.Core.Repos;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>
/// A repo at a commit as one caller may see it. The files are for whoever holds this; the bytes of one that is not public want
/// <see cref="RepoViews.FindReadableAsync"/>.
/// </summary>
/// <param name="Listing">Its files, who named them, and the upstreams with the caller's own token.</param>
/// <param name="Caller">Whose view it is.</param>
/// <param name="Info">The upstream's own JSON of it without its files, of now or as it was kept; null when it is not known.</param>
public sealed record RepoView(RepoListing Listing, ViewCaller Caller, string? Info)
{
    public Snapshot Snapshot => Listing.Snapshot;

    public RepoId Repo => Snapshot.Repo;

    public CommitId Commit => Snapshot.Commit;

    public bool IsPublic => Listing.IsPublic;

    public ListingOrigin Origin => Listing.Origin;

    /// <summary>Null when the commit has no such file.</summary>
    public RepoFile? Find(FilePath path) => FileIndex.Of(Snapshot).Find(path);

    /// <summary>All folders, and git's ids of them.</summary>
    public IReadOnlyDictionary<string, ETag> Folders => FileIndex.Of(Snapshot).Folders;

    /// <summary>The files below a folder, sorted by path; all of them for null.</summary>
    public ArraySegment<RepoFile> Below(FilePath? folder) => FileIndex.Of(Snapshot).Below(folder);
}
