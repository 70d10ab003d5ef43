using Hfmc.Core.Planning;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Daemon.Serving;

/// <summary>What everybody may see: the repos whose records say public.</summary>
sealed class PublicShelf(CacheFolder cache, FileReadings? readings = null) : Shelf(cache, record => record.Public is not null, readings: readings);

/// <summary>
/// What this node shows to one kind of caller: some of the repos of its records, and the blobs in them. Everything else, known or
/// unknown, looks as if it were not there. Read anew when the records have changed.
/// </summary>
/// <param name="cache">Whose records they are.</param>
/// <param name="shows">Says of a record whether it is shown.</param>
/// <param name="showsFile">Says of a file of such a record whether its bytes are; null for all.</param>
/// <param name="readings">Know which bytes may have been changed: these are not here until they were read. Null where none are given out.</param>
class Shelf(CacheFolder cache, Func<RepoRecord, bool> shows, Func<RepoRecord, RepoFile, bool>? showsFile = null, FileReadings? readings = null)
{
    readonly RepoRecords _records = new(cache);
    readonly Lock _lock = new();
    Contents _contents = new("", [], []);

    /// <summary>How many repos there are to share.</summary>
    public int Repos => Read().ByRepo.Count;

    /// <summary>The repos themselves, sorted by name.</summary>
    public IReadOnlyList<RepoId> Repositories() => [.. Read().ByRepo.Keys.OrderBy(repo => repo.Id, StringComparer.Ordinal)];

    /// <summary>Another text after each change of the records.</summary>
    public string Generation => _records.Generation();

    /// <summary>The blob is of a repo that is shown, whether it is here or not.</summary>
    public bool IsKnown(ETag etag) => Read().ByBlob.ContainsKey(etag);

    /// <summary>The record of a repo that is shown, at a revision of which this cache knows the files, all or some; null when there is none.</summary>
    public RepoRecord? Find(RepoId repo, Revision revision) =>
        FindRecorded(repo, revision) ?? (ShowsAll && cache.Repo(repo).ResolveRef(revision) is { } commit && Adopt(repo, commit) ? FindRecorded(repo, revision) : null);

    /// <summary>Whoever asks here is shown everything: then also what something else put into the cache, which has no record until somebody asks.</summary>
    public bool ShowsAll { get; init; }

    /// <summary>Where the bytes of a blob are; null when they are not here, or not shown.</summary>
    public (string Path, long Size)? Locate(ETag etag) => Locate(Read(), etag, Locate);

    /// <summary>Those of many that are here and shown: the records are looked at once.</summary>
    public IEnumerable<(ETag ETag, string Path, long Size)> Locate(IReadOnlyCollection<ETag> blobs) => Locate(blobs, Locate);

    /// <summary>The same for a caller that opens each at once: links on the way are left to <see cref="Open"/>, which looks at them in any case.</summary>
    public IEnumerable<(ETag ETag, string Path, long Size)> LocateToOpen(IReadOnlyCollection<ETag> blobs) => Locate(blobs, Find);

    /// <summary>A file that is shown and has these bytes, here or not; null when there is none.</summary>
    public RepoFile? Describe(ETag etag) => Read().ByBlob.TryGetValue(etag, out var places) ? places[0].File : null;

    /// <summary>Where the bytes of a recorded file are; null when they are not here.</summary>
    // Who shares the cache could lead the daemon to a file that only its owner may read.
    public string? Locate(Place place) => Find(place) is { } path && !TrustedPath.HasForeignLink(cache.Root, path) ? path : null;

    /// <summary>Opens what was located. Throws what the file system throws, also when it has become somebody else's link.</summary>
    public SafeFileHandle Open(string path) => TrustedPath.OpenRead(cache.Root, path);

    RepoRecord? FindRecorded(RepoId repo, Revision revision) =>
        Read().ByRepo.TryGetValue(repo, out var records) && cache.Repo(repo).ResolveRef(revision) is { } commit
            ? records.Find(record => record.Commit == commit)
            : null;

    // Of what has a list of its files alone: a record tells all of them.
    bool Adopt(RepoId repo, CommitId commit) =>
        _records.Read(repo, commit) is null && FoundSnapshot.Of(cache.Repo(repo), commit) is { IsList: true } found
        && _records.TryWrite(new(repo, commit, [.. found.Files.Select(file => new RecordedFile(file, Ours: false))], Public: null, RepoOrigin.Python, default));

    string? Find(Place place) =>
        cache.Repo(place.Repo).Locate(place.Commit, place.File) is { } path && readings?.IsTrusted(place.Repo, place.File.Blob, path) is not false ? path : null;

    IEnumerable<(ETag ETag, string Path, long Size)> Locate(IReadOnlyCollection<ETag> blobs, Func<Place, string?> locate)
    {
        var contents = Read();
        foreach (var blob in blobs)
            if (Locate(contents, blob, locate) is var (path, size))
                yield return (blob, path, size);
    }

    static (string Path, long Size)? Locate(Contents contents, ETag etag, Func<Place, string?> locate)
    {
        foreach (var place in contents.ByBlob.GetValueOrDefault(etag) ?? [])
            if (locate(place) is { } path)
                return (path, place.File.Size);
        return null;
    }

    Contents Read()
    {
        var generation = _records.Generation();
        lock (_lock)
        {
            if (_contents.Generation == generation)
                return _contents;
            var shared = _records.All().Where(shows).ToList();
            return _contents = new(generation,
                shared.GroupBy(record => record.Repo).ToDictionary(group => group.Key, group => group.ToList()),
                shared.SelectMany(record => record.Files.Where(file => showsFile is null || showsFile(record, file.File)).Select(file => new Place(record.Repo, record.Commit, file.File)))
                    .GroupBy(place => place.File.ETag).ToDictionary(group => group.Key, group => group.ToList()));
        }
    }

    sealed record Contents(string Generation, Dictionary<RepoId, List<RepoRecord>> ByRepo, Dictionary<ETag, List<Place>> ByBlob);
}

/// <summary>A file of a commit of a repo.</summary>
readonly record struct Place(RepoId Repo, CommitId Commit, RepoFile File);
