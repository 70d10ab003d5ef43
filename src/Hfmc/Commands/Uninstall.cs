using Hfmc.Core.Installation;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Finds what hfmc created, and removes it: models first, the program last.</summary>
sealed class Uninstall
{
    readonly Session _session;
    readonly CacheUninstall[] _caches;
    readonly OwnFiles _own;
    readonly UserService _service;
    readonly InstallManifest? _program = Environment.ProcessPath is { } program ? InstallManifest.Of(program) : null;

    public Uninstall(Session session, bool keepModels, bool deleteImported)
    {
        (_session, _own, _service) = (session, new(session.Home), new(session.Environment));
        // A wrong value elsewhere in the settings is no reason to be stuck with the program.
        var present = HfmcSettings.Look(SettingKeys.Cache, session.Environment).Words[0];
        _caches = [.. new UsedCaches(session.Home).Here().Prepend(present)
            .DistinctBy(TrustedPath.RealPathOf)
            .Select(root => new CacheUninstall(session, root, isFormer: root != present, keepModels, deleteImported))];
    }

    /// <summary>What would go and what would stay; nothing is changed.</summary>
    public UninstallJson Look()
    {
        var removed = _caches.SelectMany(cache => cache.Removed()).ToList();
        removed.AddRange(_own.List().Select(own => new RemovedJson(own.What, own.Path, own.Bytes)));
        if (File.Exists(_service.UnitFile))
            removed.Add(Item("service", _service.UnitFile));
        removed.AddRange((_program?.Files ?? []).Where(File.Exists).Select(file => Item("program", file)));
        var stays = _caches.SelectMany(cache => cache.Stays()).ToList();
        if (_program is null)
            stays.Add(new($"the program {Environment.ProcessPath}", "./install did not put it there; delete it by hand"));
        return new(removed, stays, removed.Sum(item => item.Bytes));
    }

    /// <summary>Stops the daemon and removes what is there by then.</summary>
    public async Task<UninstallJson> RunAsync(CancellationToken cancellationToken)
    {
        // Before the daemon: systemd might start it again.
        await ServiceCommand.RemoveAsync(_session, _service, cancellationToken);
        await DaemonControl.EndAsync(_session, cancellationToken);
        var done = Look();
        foreach (var cache in _caches)
            await cache.RemoveAsync(cancellationToken);
        _own.Remove();
        _program?.Remove();
        return done;
    }

    static RemovedJson Item(string what, string path) => new(what, path, OwnFiles.SizeOf(path));
}
