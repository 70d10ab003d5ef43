using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// Notes of files that readers brought, written a moment later and many at once: a client that takes a repo file by file would have the
/// record written anew for each. A kill loses the last notes, not the files. Safe for several threads.
/// </summary>
sealed class LateRecords(CacheFolder cache, RepoRecords records, TimeProvider time) : IAsyncDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    const int MostListed = 4096;

    readonly Lock _lock = new();
    readonly HashSet<(RepoId, CommitId)> _listed = [];
    readonly CancellationTokenSource _ending = new();
    Dictionary<(RepoId, CommitId), (RepoListing Listing, List<RepoFile> Files)> _notes = [];
    Task _writing = Task.CompletedTask;
    bool _isWriting;

    /// <summary>A file of the repo was put into its snapshot; null: one is about to be fetched.</summary>
    public void Note(RepoListing listing, RepoFile? file)
    {
        lock (_lock)
        {
            var key = (listing.Snapshot.Repo, listing.Snapshot.Commit);
            var files = _notes.TryGetValue(key, out var note) ? note.Files : [];
            if (file is not null)
                files.Add(file);
            _notes[key] = (listing, files);
            if (_isWriting)
                return;
            _isWriting = true;
            _writing = Task.Run(WriteAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _writing;
        _ending.Dispose();
    }

    async Task WriteAsync()
    {
        while (Take() is { } notes)
        {
            foreach (var (listing, files) in notes)
                Write(listing, files);
            await Task.Delay(Pause, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    ICollection<(RepoListing Listing, List<RepoFile> Files)>? Take()
    {
        lock (_lock)
        {
            if (_notes.Count is 0)
            {
                _isWriting = false;
                return null;
            }
            var notes = _notes.Values;
            _notes = [];
            return notes;
        }
    }

    void Write(RepoListing listing, List<RepoFile> files)
    {
        try
        {
            if (files.Count > 0 || IsNews(listing))
                new RecordKeeping(records, time, listing).End(files);
            if (files.Count > 0)
                WriteList(listing.Snapshot);
        }
        catch (DiskException)
        {
            // The files are there, and so is what a scan of the cache tells of them.
        }
    }

    // By it Python knows offline whether the snapshot is whole. A commit never changes, so once is enough.
    void WriteList(Snapshot snapshot)
    {
        if (snapshot.IsPartial || _listed.Contains((snapshot.Repo, snapshot.Commit)))
            return;
        new SnapshotWriter(cache, snapshot.Repo).WriteTree(snapshot);
        if (_listed.Count >= MostListed)
            _listed.Clear();
        _listed.Add((snapshot.Repo, snapshot.Commit));
    }

    bool IsNews(RepoListing listing) =>
        records.Read(listing.Snapshot.Repo, listing.Snapshot.Commit) is not { } known
        || known.IsPartial && !listing.Snapshot.IsPartial
        || listing.Origin is ListingOrigin.Upstream && listing.IsPublic != known.Public is not null;
}
