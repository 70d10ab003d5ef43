using Hfmc.Core;
using Hfmc.Core.Installation;
using Hfmc.Core.Platform;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>What an uninstall takes from one cache, the present one or a former one: the models that hfmc put there, and its own folders.</summary>
sealed class CacheUninstall(Session session, string root, bool isFormer, bool keepModels, bool deleteImported)
{
    string Name => isFormer ? $"the former cache {root}" : $"the cache {root}";

    public IEnumerable<RemovedJson> Removed() => Open().Cache is null
        ? []
        : Models().Removals.Select(plan => new RemovedJson($"{plan.Repo}{PartOf(plan)}", null, plan.Bytes) { Cache = root })
            .Concat(new CacheRemains(root).Own.Where(Directory.Exists).Select(folder => new RemovedJson("cache", folder, OwnFiles.SizeOf(folder)) { Cache = root }));

    public IEnumerable<StayingJson> Stays()
    {
        foreach (var stay in Models().Stays)
            yield return new(isFormer ? $"{stay.What} in {Name}" : stay.What, stay.Reason) { Cache = root };
        if (Open().Obstacle is { } obstacle)
            yield return new(Name, obstacle) { Cache = root };
        else if (keepModels)
            yield return new($"all models in {Path.Combine(root, "hub")}", "--keep-models; Python's tools go on using them") { Cache = root };
    }

    /// <summary>Does nothing where the cache is not there, or cannot be changed.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (Open().Cache is not { } cache)
            return;
        var removal = new CacheRemoval(cache, new(cache), session.Time);
        var busy = 0;
        foreach (var plan in Models().Removals)
            busy += (await removal.ExecuteAsync(plan, cancellationToken)).Busy.Count;
        if (busy > 0)
            session.Terminal.Warn($"another program is at work on {Size.Count(busy, "blob")}, which stay in {cache.HubFolder}");
        new CacheRemains(root).Remove();
    }

    (CacheFolder? Cache, string? Obstacle) Open()
    {
        if (!Directory.Exists(root))
            return (null, "it is not there; if its disk is only not mounted, mount it first, or delete what is in it by hand later");
        // The records say that hfmc put the models there, and not whose: a shared cache that was only read once is not ours to empty.
        if (isFormer && !PrivateFolder.IsOwn(root))
            return (null, "it belongs to another user");
        try
        {
            var cache = CacheFolder.Open(root, mayCreate: false);
            return cache.IsWritable ? (cache, null) : (null, "this user cannot write there; delete it by hand, as a user that can");
        }
        catch (HfmcException error)
        {
            return (null, error.Message);
        }
    }

    Inventory Models()
    {
        if (keepModels || Open().Cache is not { } cache)
            return new([], []);
        var records = new RepoRecords(cache);
        return Inventory.Of(cache, records, new(cache, records, session.Time), deleteImported);
    }

    static string PartOf(RemovalPlan plan) => (plan.WholeRepo, plan.Commits.Count, plan.Files.Count) switch
    {
        (true, _, _) => "",
        (_, 0, var files) => $" ({Size.Count(files, "file")})",
        (_, var commits, 0) => $" ({Size.Count(commits, "revision")})",
        (_, var commits, var files) => $" ({Size.Count(commits, "revision")}, and {Size.Count(files, "file")} of others)",
    };
}
