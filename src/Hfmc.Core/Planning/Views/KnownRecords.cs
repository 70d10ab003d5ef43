using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>The cache's records as views need them: read at first use, and again when they have changed. Safe for several threads.</summary>
sealed class KnownRecords(CacheFolder cache, RepoRecords records, TimeProvider time)
{
    const int MostKept = 256;

    // After a record could not be written.
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    readonly Dictionary<(RepoId, CommitId), KnownRecord?> _kept = [];
    readonly Dictionary<(RepoId, CommitId), TimeSpan> _unwritten = [];
    string _generation = "";

    /// <summary>What is recorded of the commit that the revision is in this cache; null when there is nothing.</summary>
    public KnownRecord? Find(RepoId repo, Revision revision) => CommitOf(repo, revision) is { } commit ? Find(repo, commit) : null;

    /// <summary>
    /// The same for what has no record because something else put it here: of its files those that a list of the commit names, else those
    /// that are here. Read from the folder at each call; nobody has called it public. Null when there is nothing.
    /// </summary>
    public KnownRecord? FindUnrecorded(RepoId repo, Revision revision) =>
        CommitOf(repo, revision) is { } commit && FoundSnapshot.Of(cache.Repo(repo), commit) is { } found
            ? new(new(repo, commit, [.. found.Files.Select(file => new RecordedFile(file, Ours: false))], Public: null, RepoOrigin.Python, default))
            : null;

    public KnownRecord? Find(RepoId repo, CommitId commit)
    {
        var generation = records.Generation();
        lock (_lock)
        {
            if (generation != _generation || _kept.Count > MostKept)
                _kept.Clear();
            _generation = generation;
            if (!_kept.TryGetValue((repo, commit), out var known))
                _kept[(repo, commit)] = known = records.Read(repo, commit) is { } record ? new(record) : null;
            return known;
        }
    }

    // The beginning of a commit is no revision to the Hub, so it is none here.
    CommitId? CommitOf(RepoId repo, Revision revision) =>
        cache.Repo(repo).ResolveRef(revision) is { } commit && (revision.Text == commit.Text || !commit.Text.StartsWith(revision.Text, StringComparison.Ordinal)) ? commit : null;

    /// <summary>
    /// An upstream has said whether the commit is public. The record is made when the cache has files of the repo: one of a repo that was
    /// only looked at would be of no use to anybody. Where it cannot be written, what was said holds for the question that was asked.
    /// </summary>
    public void Note(Snapshot snapshot, bool isPublic, string? info, DateTimeOffset now)
    {
        var known = Find(snapshot.Repo, snapshot.Commit)?.Record;
        if (known?.Origin is RepoOrigin.Imported || (known is null && snapshot.IsPartial))
            return;
        var isLonger = known is { IsPartial: true } && !snapshot.IsPartial;
        if (known is null ? !cache.Repo(snapshot.Repo).HasSnapshot(snapshot.Commit) : !isLonger && known.Public is not null == isPublic && (known.Info is not null || info is null))
            return;
        // A list may be long: where it cannot be written it is not tried with each question. That it is not public any more is.
        if (isPublic && IsUnwritten(snapshot.Repo, snapshot.Commit))
            return;
        var record = known ?? new(snapshot.Repo, snapshot.Commit, [], null, RepoOrigin.Python, now);
        if (known is null || isLonger)
        {
            var ours = record.Files.Where(file => file.Ours).Select(file => file.File.Path).ToHashSet();
            record = record with { Files = [.. snapshot.Files.Select(file => new RecordedFile(file, ours.Contains(file.Path)))], IsPartial = false, Skipped = snapshot.Skipped };
        }
        if (records.TryWrite(record with { Public = isPublic ? now : null, Info = info ?? record.Info }))
            return;
        lock (_lock)
        {
            if (_unwritten.Count >= MostKept)
                _unwritten.Clear();
            _unwritten[(snapshot.Repo, snapshot.Commit)] = time.Steady();
        }
    }

    bool IsUnwritten(RepoId repo, CommitId commit)
    {
        lock (_lock)
            return _unwritten.TryGetValue((repo, commit), out var at) && time.Steady() - at < Pause;
    }
}

/// <summary>A record, and the snapshot that it describes.</summary>
sealed class KnownRecord(RepoRecord record)
{
    public RepoRecord Record { get; } = record;

    public Snapshot Snapshot { get; } = record.ToSnapshot();

    public bool IsPublic => Record.Public is not null;

    public bool IsImport => Record.Origin is RepoOrigin.Imported;
}
