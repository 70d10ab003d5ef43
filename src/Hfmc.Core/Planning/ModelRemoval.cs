using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>What <c>model rm</c> would take away: what is in the cache, and what is on its way there.</summary>
public sealed record ModelRemovalPlan(RemovalPlan Cached, PartialPlan Partials)
{
    public long Bytes => Cached.Bytes + Partials.Bytes;

    public static ModelRemovalPlan Nothing(RepoId repo) => new(new(repo, false, [], [], [], [], 0), new([], [], []));
}

/// <summary>Removes a model, a revision or a file, together with its unfinished downloads.</summary>
public sealed class ModelRemoval(CacheFolder cache, TimeProvider time)
{
    // A cancelled download lets go of its blobs within this time.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly RepoRecords _records = new(cache);

    CacheRemoval Removal => new(cache, _records, time);

    PartialPrune Partials => new(cache, _records, time);

    /// <exception cref="NotFoundException">Nothing of it is here.</exception>
    public ModelRemovalPlan Plan(RepoId repo, Revision? revision, FilePath? file)
    {
        RemovalPlan cached;
        try
        {
            cached = Removal.Plan(repo, revision, file);
        }
        catch (NotFoundException) when (file is not null && PlanPartials(ModelRemovalPlan.Nothing(repo).Cached, revision, file) is { IsEmpty: false } begun)
        {
            return ModelRemovalPlan.Nothing(repo) with { Partials = begun };
        }
        return new(cached, PlanPartials(cached, revision, file));
    }

    /// <summary>Does what was planned; returns the bytes freed, and the blobs that another process is at work on.</summary>
    public async Task<RemovalOutcome> ExecuteAsync(ModelRemovalPlan plan, CancellationToken cancellationToken)
    {
        var cached = await Removal.ExecuteAsync(plan.Cached, cancellationToken);
        var partials = await Partials.ExecuteAsync(plan.Partials, Patience, cancellationToken);
        return new(cached.Bytes + partials.Bytes, [.. cached.Busy, .. partials.Busy]);
    }

    PartialPlan PlanPartials(RemovalPlan cached, Revision? revision, FilePath? file)
    {
        var commit = revision is { } named ? cache.Repo(cached.Repo).ResolveRef(named) : null;
        var blobs = from record in _records.Of(cached.Repo)
                    from recorded in record.Files
                    where Goes(cached.Repo, record.Commit, recorded.File.Path)
                    select recorded.File.ETag;
        return Partials.Plan(blobs, Goes);

        bool Goes(RepoId repo, CommitId of, FilePath path) =>
            repo == cached.Repo
            && (cached.WholeRepo || cached.Commits.Contains(of) || (file == path && (revision is null || commit == of)));
    }
}
