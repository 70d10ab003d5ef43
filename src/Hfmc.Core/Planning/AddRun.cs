using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// One <c>model add</c>, in the order of the house: find the files, plan, ask who has the blobs, fetch, publish. Blobs come
/// before links, links before the ref, so that other readers of the cache never see a promise without its bytes.
/// </summary>
sealed class AddRun(ModelEngine engine, AddRequest request, Caller caller, AddProgress progress)
{
    const int MostNamed = 5;

    readonly RepoFolder _repo = engine.Cache.Repo(request.Repo);
    readonly SnapshotWriter _snapshots = new(engine.Cache, request.Repo, caller.SymlinksOff);

    public async Task<AddResult> RunAsync(CancellationToken cancellationToken)
    {
        var begun = engine.Time.GetTimestamp();
        engine.Cache.MustExist();
        // Members first: one that was set up anew is known again by its certificate.
        var members = request.From is AllowedSources.Upstream ? null : await engine.MembersAsync(cancellationToken);
        var neighbours = request.From is AllowedSources.Upstream ? null : await engine.NeighboursAsync(cancellationToken);
        progress.Peers = neighbours?.Alive.Count ?? 0;
        if (neighbours?.Silent is { Count: > 0 } silent)
            progress.Warn($"{string.Join(", ", silent.Take(MostNamed))}{(silent.Count > MostNamed ? " and others" : "")} did not answer and {(silent.Count is 1 ? "is" : "are")} passed over; see 'hfmc peer ls'");

        foreach (var refused in neighbours?.Refused ?? [])
            progress.Warn(refused.Message);

        var mayBegin = !request.DryRun && neighbours is null or { Alive.Count: 0 } && members is null or { Alive.Count: 0 };
        await using var early = mayBegin ? new EarlyFetch(engine, request, _snapshots, progress, cancellationToken) : null;
        var listing = await FindAsync(neighbours, members, early, cancellationToken);
        if (early is not null)
            await early.EndAsync();
        engine.Notes.Refresh(request.Repo);
        var holdings = new Holdings(_repo, engine.Notes, listing.Snapshot.Commit, progress.Warn);
        var came = (early?.PlacedOf(listing.Snapshot.Commit) ?? []).ToDictionary(file => file.Path);
        foreach (var unknown in request.Files.Except(listing.Snapshot.Files.Select(file => file.Path)))
            _snapshots.MarkNoExist(listing.Snapshot.Commit, unknown);
        var plan = Planner.Plan(listing.Snapshot, request, file => !came.ContainsKey(file.Path) && holdings.Holds(file, cancellationToken));
        progress.Planned(plan);
        if (plan.Skipped.Count > 0)
            progress.Warn(SkippedFiles(plan.Skipped));
        if (!request.DryRun)
            await FetchAsync(listing, plan, [.. came.Values], neighbours, members, cancellationToken);

        var path = request.Files.Count is 1 ? request.Files[0].Below(_repo.SnapshotFolder(listing.Snapshot.Commit)) : _repo.SnapshotFolder(listing.Snapshot.Commit);
        return new(request.Repo, request.Revision, listing.Snapshot.Commit, path, plan, listing.Origin, engine.Time.GetElapsedTime(begun)) { Age = listing.Age };
    }

    async Task<RepoListing> FindAsync(Neighbours? neighbours, Neighbours? members, EarlyFetch? early, CancellationToken cancellationToken)
    {
        var known = new KnownListing(_repo, engine.Records, engine.Time);
        var hubs = request.From is AllowedSources.Peers ? [] : engine.Hubs(caller);
        // The upstreams are needed all the same when the bytes here turn out to be wrong.
        if (!request.Force && known.ForCommit(request) is { } listing)
            return listing with { Hubs = hubs };
        var cached = known.ForRef(request);
        var lookup = new RepoLookup(hubs, neighbours, engine.Time, progress.Warn, members)
        {
            Files = request.Files,
            Came = early is null ? null : early.Take,
            Patience = request.Patience,
            MayDoWithout = cached is not null && !request.Force,
            Waits = why => progress.Waits = why,
        };
        try
        {
            var found = await lookup.FindAsync(request.Repo, request.Revision, cancellationToken);
            return found with { Snapshot = TwinNames.PutAside(found.Snapshot, () => engine.Cache.Traits) };
        }
        catch (OfflineException offline) when (cached is not null)
        {
            // Who has switched upstreams off knows it.
            if (hubs.Count > 0 || offline.Cause is not null)
                progress.Warn($"{offline.Cause ?? offline.Message}; using {request.Repo}@{request.Revision} as it is here{(cached.Age is { } age ? $", seen {AgeText.Of(age)} ago" : "")}");
            return cached;
        }
    }

    // What came while the list was read is fetched, and by this add.
    async Task FetchAsync(
        RepoListing listing, AddPlan plan, IReadOnlyCollection<RepoFile> came, Neighbours? neighbours, Neighbours? members, CancellationToken cancellationToken)
    {
        var commit = listing.Snapshot.Commit;
        var records = new RecordKeeping(engine.Records, engine.Time, listing);
        var fetched = came.Select(file => file.ETag).ToHashSet();
        plan = plan with { Missing = [.. plan.Missing.Where(file => !fetched.Contains(file.ETag))] };
        if (plan.Missing.Count + came.Count is 0 && _repo.HasSnapshot(commit) && plan.Wanted.All(file => IsPlaced(_repo, commit, file)))
        {
            NoteWhole(listing, records);
            return;
        }
        var disk = new DiskBlobs(engine, engine.Cache.Repos(), _repo);
        // What only gets a second name here takes no room.
        FreeSpace.Check(engine.Cache, plan.Missing.Where(file => request.Force || file.Size <= MemoryBlob.Largest || !disk.MayHave(file)).Select(file => file.Blob));
        engine.Cache.EnsureCreated();
        records.Begin();
        using var underWay = engine.UnderWay.Enter(request.Repo, request.Revision, commit);
        _snapshots.Prepare();
        DirectoryOf(commit);

        var missing = plan.Missing.Select(file => file.ETag).ToHashSet();
        foreach (var file in plan.Wanted.Where(file => !missing.Contains(file.ETag)))
            _snapshots.Link(commit, file.Path, file.ETag);

        // Members share without a proof.
        var reader = records.IsPublic || neighbours is null || members is { Alive.Count: > 0 } || !IsWorthAProof(listing, plan) ? null : new PlaceReader(listing.Hubs, listing.Snapshot, engine.Time);
        using var own = reader is null ? null : engine.OwnReaders.Enter(reader);
        await using var proofs = reader is null ? null : engine.Proofs(reader);
        var readers = proofs is null ? null : await proofs.OpenAsync(engine.Provable(neighbours!), cancellationToken);
        var audience = AudienceOf(listing, records.IsPublic, neighbours, members) with { Readers = readers, ReadersClient = proofs?.Client };
        var files = new FilesFetch(engine, request, listing, plan, disk, audience, _snapshots, progress);
        try
        {
            await files.RunAsync(cancellationToken);
            // The names of small blobs; each big one has seen to its own.
            Platform.NativeFiles.SyncFolder(_repo.BlobsFolder);
            var snapshot = _repo.SnapshotFolder(commit);
            if (plan.Wanted.FirstOrDefault(file => !File.Exists(file.Path.Below(snapshot))) is { } gone)
                throw new DiskException($"{gone.Path} of {request.Repo} was removed from the cache while it was added; run the command again");
            if (!listing.Snapshot.IsPartial)
                _snapshots.WriteTree(listing.Snapshot);
            _snapshots.WriteRef(request.Revision, commit);
        }
        finally
        {
            // Also of an add that failed: what it put there is ours, and was checked.
            records.End([.. came, .. files.Placed]);
        }
    }

    // Nothing is put there, so nothing need be written: what cannot be noted is done without, as on a disk that is full or read-only.
    void NoteWhole(RepoListing listing, RecordKeeping records)
    {
        if (!listing.IsList)
            return;
        records.TryEnd();
        try
        {
            if (!listing.Snapshot.IsPartial)
                _snapshots.WriteTree(listing.Snapshot);
            _snapshots.WriteRef(request.Revision, listing.Snapshot.Commit);
        }
        catch (DiskException failure)
        {
            if (_repo.ResolveRef(request.Revision) != listing.Snapshot.Commit)
                progress.Warn($"{request.Revision} of {request.Repo} is {listing.Snapshot.Commit.Short} now, and that could not be noted: {failure.Message}");
        }
    }

    static bool IsPlaced(RepoFolder repo, CommitId commit, RepoFile file) =>
        repo.FindFile(commit, file.Path) is { } entry && entry.Size == file.Size && (!entry.IsLink || entry.ETag == file.ETag);

    string SkippedFiles(IReadOnlyList<string> names) =>
        $"{names.Count} {(names.Count is 1 ? "file" : "files")} of {request.Repo} cannot be kept under {(names.Count is 1 ? "its name" : "their names")} here and "
        + $"{(names.Count is 1 ? "is" : "are")} skipped: {string.Join(", ", names.Take(MostNamed).Select(name => $"'{PrintedName.Of(name)}'"))}{(names.Count > MostNamed ? " and others" : "")}";

    static bool IsWorthAProof(RepoListing listing, AddPlan plan) =>
        listing is { Origin: ListingOrigin.Upstream, Snapshot.IsPartial: false } && plan.Missing.Where(file => file.ETag.Kind is DigestKind.Sha256).Sum(file => file.Size) >= ReadProofs.WorthIt;

    // Who may hear of the repo: everybody, members only, or nobody but those who have named it themselves.
    Audience AudienceOf(RepoListing listing, bool isPublic, Neighbours? neighbours, Neighbours? members) =>
        isPublic || (listing.Origin is ListingOrigin.Peers && !listing.IsFromMembers)
            ? new(engine.Everybody, neighbours, isPublic)
            : new(engine.Members, members, members is not null);

    // Also an empty repo gets its snapshot folder: a ref without one would make Python's scan drop the repo.
    void DirectoryOf(CommitId commit) =>
        Platform.DiskFailure.Guard($"write below {_repo.Root}", () => Directory.CreateDirectory(_repo.SnapshotFolder(commit)));
}
