using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// The files that a grant opens: those of its commit, for as long as its caller may read them. That is looked at with each use, so what a
/// caller loses at the Hub he loses here within a minute.
/// </summary>
sealed class XetFiles(RepoViews views, XetIds ids, PublicShelf shelf, FileReadings readings)
{
    /// <summary>The file of that id; null when the commit has none.</summary>
    /// <exception cref="ViewException">The caller may not read the repo any more.</exception>
    public async Task<RepoFile?> FindAsync(XetGrant grant, XetHash id, CancellationToken cancellationToken)
    {
        var view = await ViewAsync(grant, cancellationToken);
        return Find(view, id) ?? (view.IsPublic ? null : Find(await views.WithXetIdsAsync(view, cancellationToken), id));
    }

    /// <summary>
    /// Bytes of a blob of the commit, from this disk or as they arrive; null when it has no such blob. Who reads all of a file that is not
    /// here gets its end when the digest has agreed, and not before; who reads just something of it gets that.
    /// </summary>
    /// <exception cref="ViewException">The caller may not read the repo any more.</exception>
    public async Task<IFileBytes?> OpenAsync(XetGrant grant, Blob blob, ByteRange range, CancellationToken cancellationToken)
    {
        var view = await ViewAsync(grant, cancellationToken);
        if (view.Snapshot.Files.FirstOrDefault(file => file.Blob == blob) is not { } file)
            return null;
        if (shelf.Locate(new Place(view.Repo, view.Commit, file)) is { } path)
            return new LocalBytes(shelf.Open(path));
        var isEndOfWhole = grant.ReadsWhole(blob.ETag) && range.End > blob.Size - FileReading.Tail;
        return new ArrivingBytes(readings.Open(new(view.Listing, RevisionOf(grant), file), range, isBounded: !isEndOfWhole));
    }

    RepoFile? Find(RepoView view, XetHash id) => view.Snapshot.Files.FirstOrDefault(file => ids.Of(file) == id);

    Task<RepoView> ViewAsync(XetGrant grant, CancellationToken cancellationToken) =>
        views.FindReadableAsync(grant.Repo, RevisionOf(grant), grant.Caller, cancellationToken);

    static Revision RevisionOf(XetGrant grant) => Revision.Parse(grant.Commit.Text);
}
