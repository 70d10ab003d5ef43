using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>What the peers that were added by hand know of a repo. They show to anybody only what is public to them, so whoever may ask this node may be told.</summary>
sealed class PeerViews(ModelEngine engine)
{
    const int MostAnswers = 256;

    static readonly TimeSpan Good = TimeSpan.FromSeconds(10);

    readonly Recent<(RepoId, Revision), Word> _recent = new(engine.Time, MostAnswers, SnapshotViews.MostFiles, word => word.Snapshot?.Files.Count ?? 0);

    /// <summary>Null when none of them knows it, or there are none.</summary>
    /// <exception cref="ViewException">Two peers disagree.</exception>
    public async Task<Snapshot?> FindAsync(RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var named = revision.OrDefault;
        var word = await _recent.GetAsync((repo, named), _ => Good, _ => AskAsync(repo, named), cancellationToken);
        return word?.Trouble is { } trouble ? throw ViewException.NotHere(repo, revision, trouble) : word?.Snapshot;
    }

    async Task<Word?> AskAsync(RepoId repo, Revision revision)
    {
        try
        {
            var neighbours = await engine.NeighboursAsync(CancellationToken.None);
            return new(neighbours is null ? null : await neighbours.FindAsync(repo, revision, CancellationToken.None), null);
        }
        catch (OfflineException disagreement)
        {
            return new(null, disagreement.Message);
        }
    }

    sealed record Word(Snapshot? Snapshot, string? Trouble);
}
