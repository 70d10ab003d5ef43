using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Commands;

/// <summary>Fetches again what a check found wrong, at the commit it belongs to, and checks these commits once more.</summary>
sealed class Repairing(Session session, Verifying verifying)
{
    public async Task<IReadOnlyList<VerifiedFile>> RunAsync(IReadOnlyList<VerifiedFile> files, CancellationToken cancellationToken)
    {
        var result = files.ToList();
        foreach (var damaged in files.Where(IsDamaged).GroupBy(file => (file.Repo, file.Commit)))
        {
            var (repo, commit) = damaged.Key;
            await FetchAsync(repo, commit, [.. damaged], cancellationToken);
            result.RemoveAll(file => file.Repo == repo && file.Commit == commit);
            result.AddRange(await verifying.RunAsync(repo, Revision.Parse(commit.Text), cancellationToken));
        }
        return result;
    }

    static bool IsDamaged(VerifiedFile file) => file.Result is VerifyResult.Wrong or VerifyResult.Missing or VerifyResult.Unreadable;

    async Task FetchAsync(RepoId repo, CommitId commit, IReadOnlyList<VerifiedFile> damaged, CancellationToken cancellationToken)
    {
        var request = new AddRequest(repo, Revision.Parse(commit.Text)) { Force = true, Files = [.. damaged.Select(file => file.Path)] };
        try
        {
            await new Adding(session).RunAsync(request, detach: false, cancellationToken);
            Replace(repo, commit, damaged);
        }
        catch (HfmcException failure) when (failure.Kind is not FailureKind.Disk)
        {
            // The other commits may still be had.
            session.Terminal.Warn($"{repo} at {commit.Short} is not repaired: {failure.Message}");
        }
    }

    // An add leaves regular files in a snapshot alone, since a user may have put them there; these are known to be wrong.
    void Replace(RepoId repo, CommitId commit, IReadOnlyList<VerifiedFile> damaged)
    {
        var cache = session.Cache();
        var folder = cache.Repo(repo);
        var writer = new SnapshotWriter(cache, repo, session.Settings.SymlinksOff);
        foreach (var file in damaged)
            if (file.Expected is { } etag && folder.FindFile(commit, file.Path) is { IsLink: false } entry && File.Exists(folder.BlobFile(etag)))
            {
                Core.Platform.DiskFailure.Guard($"replace {entry.Entry}", () => File.Delete(entry.Entry));
                writer.Link(commit, file.Path, etag, isNewBlob: true);
            }
    }
}
