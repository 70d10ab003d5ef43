using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// The cache on disk: <c>hub/</c> is huggingface_hub's own layout, <c>partial/</c> holds unfinished blobs,
/// <c>state/</c> what can be rebuilt.
/// </summary>
public sealed class CacheFolder
{
    // 191 bytes, as huggingface_hub writes it.
    internal const string Tag = "Signature: 8a477f597d28d172789f06886806bc55\n"
        + "# This file is a cache directory tag created by huggingface_hub.\n"
        + "# For information about cache directory tags, see:\n"
        + "#\thttps://bford.info/cachedir/\n";

    readonly Lazy<FileSystemTraits> _traits;

    CacheFolder(string root)
    {
        Root = root;
        // A disk that was full at the first try is asked again: the other modes would keep the error for the life of a daemon.
        _traits = new(ProbeTraits, LazyThreadSafetyMode.PublicationOnly);
    }

    public string Root { get; }

    public string HubFolder => Path.Combine(Root, "hub");

    public string PartialFolder => Path.Combine(Root, "partial");

    public string StateFolder => Path.Combine(Root, "state");

    /// <summary>Python's locks: the one folder beside the repos that its scan passes over in silence.</summary>
    public string LocksFolder => Path.Combine(HubFolder, ".locks");

    /// <summary>Probed at first use, and then kept for the life of this object.</summary>
    public FileSystemTraits Traits => _traits.Value;

    /// <summary>Where folders go for the moment between leaving the hub and being deleted.</summary>
    internal string RemovedFolder => Path.Combine(StateFolder, "removed");

    /// <summary>
    /// A missing folder is made, with those above it, only when <paramref name="mayCreate"/>: a cache on an unmounted disk must not reappear beside it.
    /// </summary>
    public static CacheFolder Open(string path, bool mayCreate)
    {
        var cache = new CacheFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (mayCreate)
            DiskFailure.Guard($"make the cache folder {cache.Root}", () => Directory.CreateDirectory(cache.Root));
        cache.MustExist();
        if (DiskFailure.Guard($"read {cache.Root}", () => Directory.EnumerateDirectories(cache.Root, "models--*").Any()))
            throw new InputException(
                $"{cache.Root} is itself a hub folder: use its parent, {Path.GetDirectoryName(cache.Root)}, as the cache");
        return cache;
    }

    /// <summary>True when this user may change what is in the hub, as far as its own mode and its volume tell; nothing is written to find out.</summary>
    public bool IsWritable => DiskRights.Allow(Directory.Exists(HubFolder) ? HubFolder : Root);

    public RepoFolder Repo(RepoId repo) => new(HubFolder, repo);

    /// <summary>The folders whose names are repo ids, sorted by name; whatever else lies in the hub is passed over.</summary>
    public IReadOnlyList<RepoFolder> Repos() =>
        DiskFailure.Guard($"read {HubFolder}", () =>
            Directory.Exists(HubFolder)
                ? Directory.GetDirectories(HubFolder)
                    .Order(StringComparer.Ordinal)
                    .Select(folder => RepoId.TryParseFolder(Path.GetFileName(folder), out var repo) ? Repo(repo) : null)
                    .OfType<RepoFolder>()
                    .ToArray()
                : []);

    /// <summary>Makes the folders inside the cache; the cache folder itself must be there still.</summary>
    public void EnsureCreated()
    {
        MustExist();
        DiskFailure.Guard($"write below {Root}", () =>
        {
            foreach (var folder in (string[])[HubFolder, PartialFolder, StateFolder])
                Directory.CreateDirectory(folder);
            var tag = Path.Combine(HubFolder, "CACHEDIR.TAG");
            if (!File.Exists(tag))
                File.WriteAllText(tag, Tag);
        });
    }

    /// <summary>Proves by a file that this program can write to the cache; a <see cref="DiskException"/> when it cannot.</summary>
    public void MustBeWritable()
    {
        EnsureCreated();
        DiskFailure.Guard($"write below {Root}", () =>
        {
            var probe = AtomicFile.TemporaryIn(StateFolder);
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        });
    }

    FileSystemTraits ProbeTraits()
    {
        DiskFailure.Guard($"write below {HubFolder}", () => Directory.CreateDirectory(LocksFolder));
        return FileSystemTraits.Probe(LocksFolder);
    }

    /// <summary>The same; false where nothing can be written, which hinders nobody who only reads.</summary>
    public bool TryEnsureCreated()
    {
        try
        {
            EnsureCreated();
            return true;
        }
        catch (DiskException) when (Directory.Exists(Root))
        {
            return false;
        }
    }

    /// <summary>The cache folder itself is there; a <see cref="DiskException"/> when it is not.</summary>
    public void MustExist()
    {
        if (!Directory.Exists(Root))
            throw new DiskException($"the cache folder {Root}, which was used before, is not there: mount its disk if that has vanished, "
                + $"make it again with 'mkdir -p' if it was deleted, or {DiskPlace.Cache.Another}");
    }
}
