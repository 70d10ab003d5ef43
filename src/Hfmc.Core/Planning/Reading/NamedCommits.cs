using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// The commits that upstreams and peers have named for revisions which readers asked about. Clients ask for a branch once and then for its
/// files by commit: the name becomes a ref of the cache as soon as a snapshot of the commit is there, as in Python's own cache. What is
/// kept here is shown to nobody. Bounded; safe for several threads.
/// </summary>
sealed class NamedCommits(CacheFolder cache, RepoRecords records)
{
    const int MostRepos = 1024, MostRevisions = 64;

    readonly Lock _lock = new();
    readonly Dictionary<RepoId, Dictionary<Revision, CommitId>> _named = [];

    /// <summary>Somebody who knows has said so.</summary>
    public void Note(RepoId repo, Revision revision, CommitId commit)
    {
        revision = revision.OrDefault;
        if (revision.IsCommit)
            return;
        lock (_lock)
        {
            if (_named.Count >= MostRepos && !_named.ContainsKey(repo))
                _named.Clear();
            if (!_named.TryGetValue(repo, out var of))
                _named[repo] = of = [];
            if (of.Count >= MostRevisions && !of.ContainsKey(revision))
                of.Clear();
            of[revision] = commit;
        }
        Write(repo, revision, commit);
    }

    /// <summary>A file of the commit has come to its place.</summary>
    public void Placed(RepoId repo, CommitId commit)
    {
        Revision[] names;
        lock (_lock)
            names = _named.TryGetValue(repo, out var of) ? [.. of.Where(named => named.Value == commit).Select(named => named.Key)] : [];
        foreach (var name in names)
            Write(repo, name, commit);
    }

    void Write(RepoId repo, Revision revision, CommitId commit)
    {
        try
        {
            var folder = cache.Repo(repo);
            // What the owner has imported under this name is not moved by what others call so.
            if (folder.HasSnapshot(commit) && folder.ResolveRef(revision) is var before && before != commit
                && !(before is { } known && records.Read(repo, known)?.Origin is RepoOrigin.Imported))
                new SnapshotWriter(cache, repo).WriteRef(revision, commit);
        }
        catch (DiskException)
        {
            // A disk that takes no ref gives its files all the same.
        }
    }
}
