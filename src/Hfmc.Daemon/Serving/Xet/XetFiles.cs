using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Xet;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// The files that a grant opens: those of its commit, for as long as its caller may read them. That is looked at with each use, so what a
/// caller loses at the Hub he loses here within a minute.
/// </summary>
sealed class XetFiles(RepoViews views, XetIds ids, PublicShelf shelf)
{
    /// <summary>The file of that id; null when the commit has none.</summary>
    /// <exception cref="ViewException">The caller may not read the repo any more.</exception>
    public async Task<RepoFile?> FindAsync(XetGrant grant, XetHash id, CancellationToken cancellationToken) =>
        (await ViewAsync(grant, cancellationToken)).Snapshot.Files.FirstOrDefault(file => ids.Of(file) == id);

    /// <summary>The bytes of a blob of the commit; null when it has no such blob, or the bytes cannot be had.</summary>
    /// <exception cref="ViewException">The caller may not read the repo any more.</exception>
    public async Task<IFileBytes?> OpenAsync(XetGrant grant, Blob blob, CancellationToken cancellationToken)
    {
        var view = await ViewAsync(grant, cancellationToken);
        var file = view.Snapshot.Files.FirstOrDefault(file => file.Blob == blob);
        return file is not null && shelf.Locate(new Place(view.Repo, view.Commit, file)) is { } path ? LocalBytes.Open(path) : null;
    }

    Task<RepoView> ViewAsync(XetGrant grant, CancellationToken cancellationToken) =>
        views.FindReadableAsync(grant.Repo, Revision.Parse(grant.Commit.Text), grant.Caller, cancellationToken);
}
