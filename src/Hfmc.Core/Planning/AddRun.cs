using System.Collections.Concurrent;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// One <c>model add</c>, in the order of the house: find the files, plan, ask who has the blobs, fetch, publish. Blobs come
/// before links, links before the ref, so that other readers of the cache never see a promise without its bytes.
/// </summary>
sealed class AddRun(ModelEngine engine, AddRequest request, Caller caller, AddProgress progress)
{
    // Small blobs wait for one shared sync, so many are under way; of big ones a few, so that each is soon complete.
    const int SmallAtOnce = 128, BigAtOnce = 4;

    readonly RepoFolder _repo = engine.Cache.Repo(request.Repo);
    readonly Lazy<IReadOnlyList<RepoFolder>> _repos = new(engine.Cache.Repos);
    readonly SnapshotWriter _snapshots = new(engine.Cache, request.Repo, caller.SymlinksOff);

    public async Task<AddResult> RunAsync(CancellationToken cancellationToken)
    {
        var begun = engine.Time.GetTimestamp();
        engine.Cache.EnsureCreated();
        var neighbours = request.From is AllowedSources.Upstream ? null : await engine.NeighboursAsync(cancellationToken);
        progress.Peers = neighbours?.Alive.Count ?? 0;

        var listing = await FindAsync(neighbours, cancellationToken);
        var holdings = new Holdings(_repo, engine.Records, listing.Snapshot.Commit);
        foreach (var unknown in request.Files.Except(listing.Snapshot.Files.Select(file => file.Path)))
            _snapshots.MarkNoExist(listing.Snapshot.Commit, unknown);
        var plan = Planner.Plan(listing.Snapshot, request, file => holdings.Holds(file, cancellationToken));
        progress.Planned(plan);
        if (!request.DryRun)
            await FetchAsync(listing, plan, neighbours, cancellationToken);

        var path = request.Files.Count is 1 ? request.Files[0].Below(_repo.SnapshotFolder(listing.Snapshot.Commit)) : _repo.SnapshotFolder(listing.Snapshot.Commit);
        return new(request.Repo, request.Revision, listing.Snapshot.Commit, path, plan, listing.Origin, engine.Time.GetElapsedTime(begun));
    }

    async Task<RepoListing> FindAsync(Neighbours? neighbours, CancellationToken cancellationToken)
    {
        var known = new KnownListing(_repo, engine.Records);
        var hubs = request.From is AllowedSources.Peers ? [] : engine.Hubs(caller);
        // The upstreams are needed all the same when the bytes here turn out to be wrong.
        if (!request.Force && known.ForCommit(request) is { } listing)
            return listing with { Hubs = hubs };
        try
        {
            return await new RepoLookup(hubs, neighbours, engine.Time, progress.Warn).FindAsync(request.Repo, request.Revision, cancellationToken);
        }
        catch (OfflineException offline) when (known.ForRef(request) is { } cached)
        {
            progress.Warn($"{offline.Message}; using what this cache has of {request.Repo}@{request.Revision}");
            return cached;
        }
    }

    async Task FetchAsync(RepoListing listing, AddPlan plan, Neighbours? neighbours, CancellationToken cancellationToken)
    {
        var commit = listing.Snapshot.Commit;
        FreeSpace.Check(engine.Cache, plan.Missing.Select(file => file.Blob));
        var records = new RecordKeeping(engine.Records, engine.Time, listing);
        records.Begin();
        using var underWay = engine.UnderWay.Enter(request.Repo, request.Revision, commit);
        _snapshots.Prepare();
        DirectoryOf(commit);

        var missing = plan.Missing.Select(file => file.ETag).ToHashSet();
        foreach (var file in plan.Wanted.Where(file => !missing.Contains(file.ETag)))
            _snapshots.Link(commit, file.Path, file.ETag);

        // Peers hear only of what is public, or of what they themselves have named.
        var mayAsk = records.IsPublic || listing.Origin is ListingOrigin.Peers;
        var holders = neighbours is null || !mayAsk ? null : await neighbours.HoldersAsync([.. plan.Missing.Select(file => file.Blob).Where(blob => blob.Size > 0)], cancellationToken);
        var places = plan.Wanted.ToLookup(file => file.ETag);
        var small = plan.Missing.Where(file => file.Size <= MemoryBlob.Largest).ToList();
        var big = plan.Missing.Where(file => file.Size > MemoryBlob.Largest);
        // Only of what is public: others must not hear of the rest, not even that it is wanted.
        using var wants = records.IsPublic && neighbours is not null ? engine.Small.Enter(Shared(small), SharesWork(listing)) : null;
        await using var bundles = engine.Bundles();
        var smallCrowd = wants is null || bundles is null ? null : engine.SmallCrowdOf([.. Shared(small)], wants, SharesWork(listing), bundles);
        await using var crowd = wants is null ? null : await GatherAsync(big, smallCrowd, neighbours, cancellationToken);
        var placed = new ConcurrentBag<RepoFile>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // The first file that cannot be had ends the others: what they have is kept for the next run.
            await Task.WhenAll(
                EndAllAsync(bundles is null ? ForEachAsync(small, SmallAtOnce) : new SmallFiles(small, BundlingHolders, smallCrowd, bundles).RunAsync(SmallAtOnce, FetchSmallAsync, ending.Token)),
                EndAllAsync(ForEachAsync(big, BigAtOnce)));
            // The names of small blobs; each big one has seen to its own.
            Platform.NativeFiles.SyncFolder(_repo.BlobsFolder);
            if (plan.Wanted.FirstOrDefault(file => _repo.FindFile(commit, file.Path) is null) is { } gone)
                throw new DiskException($"{gone.Path} of {request.Repo} was removed from the cache while it was added; run the command again");
            _snapshots.WriteTree(listing.Snapshot);
            _snapshots.WriteRef(request.Revision, commit);
        }
        finally
        {
            // Also of an add that failed: what it put there is ours, and was checked.
            records.End(placed);
        }

        async Task EndAllAsync(Task files)
        {
            try
            {
                await files;
            }
            catch (HfmcException)
            {
                await ending.CancelAsync();
                throw;
            }
        }

        Task ForEachAsync(IEnumerable<RepoFile> files, int atOnce) =>
            Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ending.Token }, FetchOneAsync);

        ValueTask FetchOneAsync(RepoFile file, CancellationToken token)
        {
            var of = file.Size > MemoryBlob.Largest ? crowd?.Of(file.Blob) : null;
            var holding = (holders?[file.Blob] ?? []).Where(holder => of is null || neighbours?.Following.Contains(holder) is false);
            return FetchFromAsync(file, [.. Peers(file, holding, neighbours), .. Upstreams(listing, file)], of, token);
        }

        IEnumerable<PeerAddress> BundlingHolders(RepoFile file) => (holders?[file.Blob] ?? []).Where(holder => neighbours?.Bundling.Contains(holder) is true);

        async ValueTask FetchSmallAsync(RepoFile file, IEnumerable<ISource> before, IEnumerable<ISource> after, CancellationToken token)
        {
            var holding = (holders?[file.Blob] ?? []).Where(holder => neighbours?.Bundling.Contains(holder) is false);
            await FetchFromAsync(file, [.. before, .. Peers(file, holding, neighbours), .. Upstreams(listing, file), .. after], null, token);
            wants?.Came(file.ETag);
        }

        async ValueTask FetchFromAsync(RepoFile file, IReadOnlyList<ISource> sources, IBlobCrowd? of, CancellationToken token)
        {
            await new BlobFetch(engine, _repos, _repo, file, sources, of is null ? null : new(of, file.XetId, progress.Warn), engine.Limits(request.Patience), request.Force, LinkOnce(commit, places[file.ETag]))
                .RunAsync(blob => progress.Joined(file, blob), token);
            foreach (var place in places[file.ETag])
                placed.Add(place);
        }
    }

    // The biggest ones: more names than a question may have.
    static IEnumerable<ETag> Shared(IEnumerable<RepoFile> small) =>
        small.Where(file => file.Size > 0).OrderByDescending(file => file.Size).Take(PeerProtocol.MostBlobs).Select(file => file.ETag);

    // Who got the listing from peers has just seen that no upstream answers.
    bool SharesWork(RepoListing listing) => request.From is not AllowedSources.Peers && listing is { Hubs.Count: > 0, Origin: not ListingOrigin.Peers };

    async Task<Crowd?> GatherAsync(IEnumerable<RepoFile> big, SmallCrowd? small, Neighbours? neighbours, CancellationToken cancellationToken)
    {
        if (neighbours is null || engine.CrowdOf(big.Select(file => file.Blob), small, progress.Warn) is not { } crowd)
            return null;
        await crowd.GatherAsync(neighbours.Following, cancellationToken);
        progress.Crowd = crowd;
        return crowd;
    }

    // Told to link by whoever publishes; a second time is for those who joined another's transfer.
    Action LinkOnce(CommitId commit, IEnumerable<RepoFile> places)
    {
        var linked = false;
        return () =>
        {
            foreach (var place in linked ? [] : places)
                _snapshots.Link(commit, place.Path, place.ETag, isNewBlob: true);
            linked = true;
        };
    }

    IEnumerable<ISource> Peers(RepoFile file, IEnumerable<PeerAddress> holders, Neighbours? neighbours) =>
        neighbours?.Sources(holders, file.Blob, engine.PeerPump) ?? [];

    IEnumerable<ISource> Upstreams(RepoListing listing, RepoFile file) =>
        request.From is AllowedSources.Peers ? [] : listing.Hubs.Select(hub => new UpstreamSource(hub, request.Repo, listing.Snapshot.Commit, file, engine.UpstreamPump));

    // Also an empty repo gets its snapshot folder: a ref without one would make Python's scan drop the repo.
    void DirectoryOf(CommitId commit) =>
        Platform.DiskFailure.Guard($"write below {_repo.Root}", () => Directory.CreateDirectory(_repo.SnapshotFolder(commit)));
}
