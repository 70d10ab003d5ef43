using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>Lists of files as upstreams gave them: of public commits for long, as they never change; of others for a minute, each to whom it was given.</summary>
sealed class SnapshotViews(TimeProvider time, UpstreamAnswers answers)
{
    /// <summary>Of all lists that are kept; a file takes some 200 bytes.</summary>
    public const int MostFiles = 400_000;

    const int MostLists = 256;

    readonly Recent<(Uri, RepoId, CommitId, string), Snapshot> _recent = new(time, MostLists, MostFiles, snapshot => snapshot.Files.Count);

    /// <summary>Null when the upstream that knows the commit does not list it.</summary>
    public Task<Snapshot?> FindAsync(RepoSight sight, HubClient hub, string mark, CancellationToken cancellationToken) =>
        _recent.GetAsync(
            (hub.Upstream.Address, sight.Repo, sight.Commit, mark), _ => sight.IsPublic ? UpstreamAnswers.GoodForLong : UpstreamAnswers.GoodForCaller,
            _ => AskAsync(sight, hub), cancellationToken);

    async Task<Snapshot?> AskAsync(RepoSight sight, HubClient hub)
    {
        try
        {
            return await hub.GetSnapshotAsync(sight.Repo, sight.Commit, anonymous: !sight.NeededToken, CancellationToken.None);
        }
        catch (SourceException error)
        {
            answers.Failed(hub, error);
            return null;
        }
    }
}
