using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>Lists of files as upstreams gave them: of public commits for long, as they never change; of others for a minute, each to whom it was given.</summary>
sealed class SnapshotViews(TimeProvider time, UpstreamAnswers answers)
{
    /// <summary>Of all lists that are kept; a file takes some 200 bytes.</summary>
    public const int MostFiles = 400_000;

    const int MostLists = 256, MostNamed = 4096;

    readonly Recent<(Uri, RepoId, CommitId, string), Snapshot> _recent = new(time, MostLists, MostFiles, snapshot => snapshot.Files.Count);

    readonly Recent<(Uri, RepoId, CommitId, string, FilePath), Snapshot> _files = new(time, MostNamed, MostNamed, _ => 1);

    /// <summary>Null when the upstream that knows the commit does not list it.</summary>
    public Task<Snapshot?> FindAsync(RepoSight sight, HubClient hub, string mark, CancellationToken cancellationToken) =>
        _recent.GetAsync(
            (hub.Upstream.Address, sight.Repo, sight.Commit, mark), _ => sight.IsPublic ? UpstreamAnswers.GoodForLong : UpstreamAnswers.GoodForCaller,
            _ => AskAsync(sight, hub), cancellationToken);

    /// <summary>One file, from the whole list where that is here; null when the upstream does not say.</summary>
    public async Task<Snapshot?> FindFileAsync(RepoSight sight, HubClient hub, string mark, FilePath path, CancellationToken cancellationToken) =>
        _recent.Last((hub.Upstream.Address, sight.Repo, sight.Commit, mark))
            ?? await _files.GetAsync(
                (hub.Upstream.Address, sight.Repo, sight.Commit, mark, path), _ => sight.IsPublic ? UpstreamAnswers.GoodForLong : UpstreamAnswers.GoodForCaller,
                _ => AskAsync(hub, () => hub.GetFilesAsync(sight.Repo, sight.Commit, [path], anonymous: !sight.NeededToken, CancellationToken.None)), cancellationToken);

    Task<Snapshot?> AskAsync(RepoSight sight, HubClient hub) =>
        AskAsync(hub, () => hub.GetSnapshotAsync(sight.Repo, sight.Commit, anonymous: !sight.NeededToken, CancellationToken.None));

    async Task<Snapshot?> AskAsync(HubClient hub, Func<Task<Snapshot>> ask)
    {
        try
        {
            return await ask();
        }
        catch (SourceException error)
        {
            answers.Failed(hub, error);
            return null;
        }
    }
}
