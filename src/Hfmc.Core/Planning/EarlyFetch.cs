using System.Collections.Concurrent;
using System.Threading.Channels;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// Fetches the first files of a long list while the rest of it still comes, from the upstream that lists them. What it has when the list
/// ends counts as fetched by the add; what fails is left to the add, which knows more sources. Only where no peer answers: a crowd shares
/// the work by the whole list.
/// </summary>
/// <param name="engine">Whose cache it is.</param>
/// <param name="request">What was asked for.</param>
/// <param name="snapshots">Makes the files that a blob is.</param>
/// <param name="progress">Told of each blob.</param>
/// <param name="cancellationToken">Ends it.</param>
sealed class EarlyFetch(ModelEngine engine, AddRequest request, SnapshotWriter snapshots, AddProgress progress, CancellationToken cancellationToken) : IAsyncDisposable
{
    const int SmallAtOnce = 16, BigAtOnce = 2;

    readonly RepoFolder _repo = engine.Cache.Repo(request.Repo);
    readonly Lock _lock = new();
    readonly Channel<(RepoFile File, RepoListing Page)> _small = Channel.CreateUnbounded<(RepoFile, RepoListing)>(), _big = Channel.CreateUnbounded<(RepoFile, RepoListing)>();
    readonly ConcurrentDictionary<FilePath, RepoFile> _placed = new();
    readonly ConcurrentDictionary<ETag, bool> _seen = new();
    readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    DiskBlobs? _disk;
    Holdings? _holdings;
    RepoListing? _first;
    Task _smallFiles = Task.CompletedTask, _bigFiles = Task.CompletedTask;
    bool _isPrepared;
    volatile bool _hasEnded;

    /// <summary>What it has put into the snapshot of this commit so far.</summary>
    public IReadOnlyCollection<RepoFile> PlacedOf(CommitId commit) => _first?.Snapshot.Commit == commit ? [.. _placed.Values] : [];

    /// <summary>Files of a page that is not the last.</summary>
    public void Take(RepoListing page)
    {
        _first ??= Begin(page);
        if (page.Snapshot.Commit != _first.Snapshot.Commit)
            return;
        foreach (var file in Planner.ChooseSome(page.Snapshot.Files, request).Where(file => _seen.TryAdd(file.ETag, true)))
            (file.Size > MemoryBlob.Largest ? _big : _small).Writer.TryWrite((file, page));
    }

    /// <summary>Begins no more files and returns when the small ones are done; big ones go on beside the add, which joins them.</summary>
    public async Task EndAsync()
    {
        _hasEnded = true;
        _small.Writer.TryComplete();
        _big.Writer.TryComplete();
        await _smallFiles.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _small.Writer.TryComplete();
        _big.Writer.TryComplete();
        await Task.WhenAll(_smallFiles, _bigFiles).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    RepoListing Begin(RepoListing page)
    {
        _disk = new(engine, engine.Cache.Repos(), _repo);
        engine.Notes.Refresh(request.Repo);
        _holdings = new(_repo, engine.Notes, page.Snapshot.Commit, progress.Warn);
        (_smallFiles, _bigFiles) = (RunAsync(_small, SmallAtOnce), RunAsync(_big, BigAtOnce));
        return page;
    }

    Task RunAsync(Channel<(RepoFile File, RepoListing Page)> files, int atOnce) => Task.Run(() => Parallel.ForEachAsync(
        files.Reader.ReadAllAsync(_ending.Token), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = _ending.Token },
        (entry, token) => FetchAsync(entry.File, entry.Page, token)));

    async ValueTask FetchAsync(RepoFile file, RepoListing listing, CancellationToken token)
    {
        try
        {
            if (_hasEnded || IsHeld(file, token))
                return;
            Prepare(listing);
            FreeSpace.Check(engine.Cache, [file.Blob]);
            var source = new UpstreamSource(listing.Hubs[0], request.Repo, listing.Snapshot.Commit, file, engine.UpstreamPump);
            var fetch = new BlobFetch(
                engine, _disk!, _repo, file, (_, _) => new(new BlobSupply([source], null)), engine.Limits(request.Patience), request.Force, () => Place(file, listing.Snapshot.Commit));
            await fetch.RunWholeAsync(progress, token);
        }
        catch (HfmcException)
        {
            // The add meets the same, and says so.
        }
    }

    bool IsHeld(RepoFile file, CancellationToken token)
    {
        lock (_lock)
            return !request.Force && _holdings!.Holds(file, token);
    }

    // Before the first byte: an interrupted download is then known for what it is.
    void Prepare(RepoListing listing)
    {
        lock (_lock)
        {
            if (_isPrepared)
                return;
            engine.Cache.EnsureCreated();
            new RecordKeeping(engine.Records, engine.Time, listing).Begin();
            snapshots.Prepare();
            DiskFailure.Guard($"write below {_repo.Root}", () => Directory.CreateDirectory(_repo.SnapshotFolder(listing.Snapshot.Commit)));
            _isPrepared = true;
        }
    }

    void Place(RepoFile file, CommitId commit)
    {
        if (!_placed.ContainsKey(file.Path))
            snapshots.Link(commit, file.Path, file.ETag, isNewBlob: true);
        _placed[file.Path] = file;
    }
}
