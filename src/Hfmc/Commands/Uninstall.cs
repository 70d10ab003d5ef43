using Hfmc.Core.Installation;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Finds what hfmc created, and removes it: models first, the program last.</summary>
sealed class Uninstall(Session session, bool keepModels, bool deleteImported)
{
    // A wrong value elsewhere in the settings is no reason to be stuck with the program.
    readonly string _cacheRoot = HfmcSettings.Look(SettingKeys.Cache, session.Environment).Words[0];
    readonly OwnFiles _own = new(session.Home);
    readonly UserService _service = new(session.Environment);
    readonly InstallManifest? _program = Environment.ProcessPath is { } program ? InstallManifest.Of(program) : null;

    CacheFolder? Cache => Directory.Exists(_cacheRoot) ? CacheFolder.Open(_cacheRoot, mayCreate: false) : null;

    /// <summary>What would go and what would stay; nothing is changed.</summary>
    public UninstallJson Look()
    {
        var inventory = Models(Cache);
        var removed = new List<RemovedJson>();
        removed.AddRange(inventory.Removals.Select(plan => new RemovedJson($"{plan.Repo}{PartOf(plan)}", null, plan.Bytes)));
        removed.AddRange(new CacheRemains(_cacheRoot).Own.Where(Directory.Exists).Select(folder => Item("cache", folder)));
        removed.AddRange(_own.List().Select(own => new RemovedJson(own.What, own.Path, own.Bytes)));
        if (File.Exists(_service.UnitFile))
            removed.Add(Item("service", _service.UnitFile));
        removed.AddRange((_program?.Files ?? []).Where(File.Exists).Select(file => Item("program", file)));
        StayingJson[] stays = [.. inventory.Stays.Concat(Others()).Select(stay => new StayingJson(stay.What, stay.Reason))];
        return new(removed, stays, removed.Sum(item => item.Bytes));
    }

    /// <summary>Stops the daemon and removes what is there by then.</summary>
    public async Task<UninstallJson> RunAsync(CancellationToken cancellationToken)
    {
        // Before the daemon: systemd might start it again.
        await ServiceCommand.RemoveAsync(session, _service, cancellationToken);
        await DaemonControl.EndAsync(session, cancellationToken);
        var done = Look();
        if (Cache is { } cache)
            await RemoveModelsAsync(cache, cancellationToken);
        new CacheRemains(_cacheRoot).Remove();
        _own.Remove();
        _program?.Remove();
        return done;
    }

    async Task RemoveModelsAsync(CacheFolder cache, CancellationToken cancellationToken)
    {
        var removal = new CacheRemoval(cache, new(cache), session.Time);
        var busy = 0;
        foreach (var plan in Models(cache).Removals)
            busy += (await removal.ExecuteAsync(plan, cancellationToken)).Busy.Count;
        if (busy > 0)
            session.Terminal.Warn($"another program is at work on {Size.Count(busy, "blob")}, which stay in {cache.HubFolder}");
    }

    Inventory Models(CacheFolder? cache)
    {
        if (cache is null || keepModels)
            return new([], []);
        var records = new RepoRecords(cache);
        return Inventory.Of(cache, records, new(cache, records, session.Time), deleteImported);
    }

    IEnumerable<Staying> Others()
    {
        if (Cache is null)
            yield return new($"the cache {_cacheRoot}", "it is not there; if its disk is only not mounted, mount it and run this again");
        else if (keepModels)
            yield return new($"all models in {Path.Combine(_cacheRoot, "hub")}", "--keep-models; Python's tools go on using them");
        if (_program is null)
            yield return new($"the program {Environment.ProcessPath}", "./install did not put it there; delete it by hand");
    }

    static RemovedJson Item(string what, string path) => new(what, path, OwnFiles.SizeOf(path));

    static string PartOf(RemovalPlan plan) => (plan.WholeRepo, plan.Commits.Count, plan.Files.Count) switch
    {
        (true, _, _) => "",
        (_, 0, var files) => $" ({Size.Count(files, "file")})",
        (_, var commits, 0) => $" ({Size.Count(commits, "revision")})",
        (_, var commits, var files) => $" ({Size.Count(commits, "revision")}, and {Size.Count(files, "file")} of others)",
    };
}
