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

    readonly BlobChecks _checks;

    internal FileReadings(ModelEngine engine)
    {
        (Engine, Records, Snapshots) = (engine, new(engine.Cache, engine.Records, engine.Time), new(engine));
        _checks = new(engine.Notes, _ending.Token);
    }

    /// <summary>Told what the owner of the machine should know.</summary>
    public Action<string> Warn { get; set; } = _ => { };

    internal ModelEngine Engine { get; }

    internal LateRecords Records { get; }

    internal SnapshotFilling Snapshots { get; }

    internal SemaphoreSlim Slots { get; } = new(MostUrgent);

    /// <summary>Where the file's bytes are on this disk; null when they are not, or are known to be others.</summary>
    public HeldFile? Find(RepoId repo, CommitId commit, RepoFile file) =>
        Locate(Engine.Cache.Repo(repo), commit, file) is not { } path || TrustIn(repo, file.Blob, path) is var trust && trust is BlobTrust.Wrong
            ? null
            : new(repo, file, path, IsDoubted: trust is BlobTrust.Changed);

    /// <summary>
    /// The bytes at <paramref name="path"/> are the blob's as far as is known without reading them. Of others they are read behind, so that
    /// it is known soon.
    /// </summary>
    public bool IsTrusted(RepoId repo, Blob blob, string path)
    {
        var trust = TrustIn(repo, blob, path);
        if (trust is BlobTrust.Changed)
            Behind(_checks.AgreesAsync(repo, blob, path));
        return trust is BlobTrust.Same or BlobTrust.Unknown;
    }

    /// <summary>Reads the bytes to the end: whether they are still the file's. It goes on when nobody waits any more.</summary>
    public Task<bool> AgreesAsync(HeldFile held)
    {
        var checking = _checks.AgreesAsync(held.Repo, held.File.Blob, held.Path);
        Behind(checking);
        return checking;
    }

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
        _checks.Dispose();
        Slots.Dispose();
        _ending.Dispose();
    }

    internal static string? Locate(RepoFolder repo, CommitId commit, RepoFile file)
    {
        var path = repo.Locate(commit, file);
        return path is null || TrustedPath.HasForeignLink(Path.GetDirectoryName(repo.Root) ?? repo.Root, path) ? null : path;
    }

    BlobTrust TrustIn(RepoId repo, Blob blob, string path) =>
        BlobStamp.Of(path) is { } stamp ? Engine.Notes.Take(repo, blob, stamp) : BlobTrust.Wrong;

    /// <summary>Somebody was shown bytes of the blob that were wrong.</summary>
    public void NoteWrong(ETag blob)
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
