using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>
/// The commits that adds are bringing, by the revisions that were asked for: the cache has the ref only once all is here. Safe for
/// several threads.
/// </summary>
public sealed class RefsUnderWay
{
    readonly Lock _lock = new();
    readonly List<Entry> _entries = [];

    /// <summary>Null when no add brings it.</summary>
    public CommitId? Find(RepoId repo, Revision revision)
    {
        lock (_lock)
            return _entries.FindLast(entry => entry.Repo == repo && entry.Revision == revision.OrDefault)?.Commit;
    }

    /// <summary>Until the answer is disposed.</summary>
    internal IDisposable Enter(RepoId repo, Revision revision, CommitId commit)
    {
        var entry = new Entry(this, repo, revision.OrDefault, commit);
        lock (_lock)
            _entries.Add(entry);
        return entry;
    }

    sealed class Entry(RefsUnderWay refs, RepoId repo, Revision revision, CommitId commit) : IDisposable
    {
        public RepoId Repo => repo;

        public Revision Revision => revision;

        public CommitId Commit => commit;

        public void Dispose()
        {
            lock (refs._lock)
                refs._entries.Remove(this);
        }
    }
}
