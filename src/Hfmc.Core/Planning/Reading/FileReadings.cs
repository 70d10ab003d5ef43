using System.Collections.Concurrent;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>The readers of one cache's files: of what is here, and of what comes while they read.</summary>
public sealed class FileReadings : IAsyncDisposable
{
    // Beside the requests of transfers: who waits must not wait for those.
    const int MostUrgent = 16;

    // A client tries again within a while; more blobs than that do not turn out wrong in it.
    const int MostWrong = 4096;

    static readonly TimeSpan WrongFor = TimeSpan.FromMinutes(30);

    readonly CancellationTokenSource _ending = new();
    readonly ConcurrentDictionary<Task, bool> _behind = [];
    readonly ConcurrentDictionary<ETag, TimeSpan> _wrong = [];

    internal FileReadings(ModelEngine engine) => (Engine, Records, Snapshots) = (engine, new(engine.Cache, engine.Records, engine.Time), new(engine));

    /// <summary>Told what the owner of the machine should know.</summary>
    public Action<string> Warn { get; set; } = _ => { };

    internal ModelEngine Engine { get; }

    internal LateRecords Records { get; }

    internal SnapshotFilling Snapshots { get; }

    internal SemaphoreSlim Slots { get; } = new(MostUrgent);

    /// <summary>Where the file's bytes are on this disk; null when they are not.</summary>
    public string? Locate(RepoId repo, CommitId commit, RepoFile file) => Locate(Engine.Cache.Repo(repo), commit, file);

    /// <summary>Somebody reads the file, or its head, from this disk: it gets its place in the snapshot, if it has none there.</summary>
    public void Keep(WantedFile wanted, bool isLook) => Snapshots.Keep(wanted, isLook);

    /// <summary>Begins to read a range of a file that is not here in whole. Bounded: no more than that is wanted of it.</summary>
    public FileReading Open(WantedFile wanted, ByteRange range, bool isBounded) => new(this, wanted, range, isBounded, _ending.Token);

    /// <summary>
    /// Lately somebody was shown bytes of the blob that were wrong, and may have kept them: then he must not be given just the rest.
    /// </summary>
    public bool WasWrong(ETag blob) => _wrong.TryGetValue(blob, out var at) && Engine.Time.Steady() < at + WrongFor;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        while (_behind.Keys is { Count: > 0 } behind)
            await Task.WhenAll(behind);
        await Records.DisposeAsync();
        Slots.Dispose();
        _ending.Dispose();
    }

    internal static string? Locate(RepoFolder repo, CommitId commit, RepoFile file)
    {
        // Without links the bytes are in the snapshot itself.
        var path = repo.Locate(file.Blob) ?? (repo.FindFile(commit, file.Path) is { IsLink: false } entry && entry.Size == file.Size ? entry.RealPath : null);
        return path is null || TrustedPath.HasForeignLink(Path.GetDirectoryName(repo.Root) ?? repo.Root, path) ? null : path;
    }

    internal void NoteWrong(ETag blob)
    {
        if (_wrong.Count >= MostWrong)
            _wrong.Clear();
        _wrong[blob] = Engine.Time.Steady();
    }

    // What is left to do when a reader has gone.
    internal void Behind(Task task)
    {
        _behind[task] = true;
        _ = task.ContinueWith(ended => _behind.TryRemove(ended, out _), TaskScheduler.Default);
    }
}
