using System.Collections.Concurrent;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// The missing files of an add, from wherever they are to their places in the snapshot: small ones in bundles or many at once, big ones
/// beside them, all of them together with a crowd where others may hear of it.
/// </summary>
/// <param name="engine">Whose cache it is.</param>
/// <param name="request">What was asked for.</param>
/// <param name="listing">The repo, and the upstreams that may have its bytes.</param>
/// <param name="plan">What is missing.</param>
/// <param name="disk">Where else on this disk it may be.</param>
/// <param name="audience">Who may hear of it, and who of them answers.</param>
/// <param name="snapshots">Makes the files that a blob is.</param>
/// <param name="progress">Told of each blob.</param>
sealed class FilesFetch(
    ModelEngine engine, AddRequest request, RepoListing listing, AddPlan plan, DiskBlobs disk, Audience audience, SnapshotWriter snapshots, AddProgress progress)
{
    // Small blobs wait for one shared sync, so many are under way; of big ones a few, so that each is soon complete.
    const int SmallAtOnce = 128, BigAtOnce = 4;

    readonly RepoFolder _repo = engine.Cache.Repo(request.Repo);
    readonly ILookup<ETag, RepoFile> _places = plan.Wanted.ToLookup(file => file.ETag);
    readonly ConcurrentBag<RepoFile> _placed = [];
    readonly Neighbours? _neighbours = audience.Neighbours;
    ILookup<Blob, PeerAddress>? _holders, _readers;

    /// <summary>What was put into the snapshot, also by a fetch that failed in the end.</summary>
    public IReadOnlyCollection<RepoFile> Placed => _placed;

    /// <exception cref="HfmcException">A file cannot be had: the others end with it, and what they have is kept for the next run.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (small, big) = (plan.Missing.Where(file => file.Size <= MemoryBlob.Largest).ToList(), plan.Missing.Where(file => file.Size > MemoryBlob.Largest).ToList());
        _holders = await HoldersAsync(cancellationToken);
        _readers = audience.Readers is { } readers ? await readers.HoldersAsync([.. plan.Missing.Where(IsLarge).Select(file => file.Blob)], cancellationToken) : null;
        // Only where others may hear of it: the rest must not be told, not even that it is wanted.
        using var wants = audience is { MayHear: true, Neighbours: not null } ? audience.Circle?.Small.Enter(Shared(small), SharesWork) : null;
        await using var bundles = audience.Circle is { } circle ? engine.Bundles(circle) : null;
        var smallCrowd = wants is null || bundles is null ? null : engine.SmallCrowdOf(audience.Circle!, [.. Shared(small)], wants, SharesWork, bundles);
        await using var crowd = wants is null ? null : await GatherAsync(big, smallCrowd, cancellationToken);
        await using var readersCrowd = await GatherReadersAsync(big, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        await Task.WhenAll(
            EndAllAsync(new SmallFiles(small, file => Holders(file, _neighbours?.Bundling, isIn: true), smallCrowd, bundles).RunAsync(SmallAtOnce, FetchSmallAsync, ending.Token)),
            EndAllAsync(Parallel.ForEachAsync(big, new ParallelOptions { MaxDegreeOfParallelism = BigAtOnce, CancellationToken = ending.Token }, FetchBigAsync)));

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

        ValueTask FetchBigAsync(RepoFile file, CancellationToken token)
        {
            var of = crowd?.Of(file.Blob) ?? readersCrowd?.Of(file.Blob);
            // Members of the crowd tell what they have themselves.
            var others = of is null ? Holders(file) : Holders(file, _neighbours?.Following, isIn: false);
            return FetchAsync(file, [.. Peers(file, others), .. of is null ? Readers(file) : [], .. Upstreams(file)], of is null ? null : new(of, file.XetId, progress.Warn), token);
        }

        async ValueTask FetchSmallAsync(RepoFile file, IEnumerable<ISource> before, IEnumerable<ISource> after, CancellationToken token)
        {
            await FetchAsync(file, [.. before, .. Peers(file, Holders(file, _neighbours?.Bundling, isIn: false)), .. Readers(file), .. Upstreams(file), .. after], null, token);
            wants?.Came(file.ETag);
        }
    }

    async ValueTask FetchAsync(RepoFile file, IReadOnlyList<ISource> sources, SwarmContext? crowd, CancellationToken cancellationToken)
    {
        var fetch = new BlobFetch(
            engine, disk, _repo, file, (_, _) => new(new BlobSupply(sources, crowd)), engine.Limits(request.Patience), request.Force, LinkOnce(_places[file.ETag]));
        await fetch.RunWholeAsync(progress, cancellationToken);
    }

    // Told to link by whoever publishes; a second time is for those who joined another's transfer. Noted at once: an add that is cancelled
    // the next moment has put it there all the same.
    Action LinkOnce(IEnumerable<RepoFile> places)
    {
        var linked = false;
        return () =>
        {
            foreach (var place in linked ? [] : places)
            {
                snapshots.Link(listing.Snapshot.Commit, place.Path, place.ETag, isNewBlob: true);
                _placed.Add(place);
            }
            linked = true;
        };
    }

    // Peers hear only of what they may, or of what they themselves have named.
    async Task<ILookup<Blob, PeerAddress>?> HoldersAsync(CancellationToken cancellationToken) =>
        _neighbours is not null && (audience.MayHear || listing.Origin is ListingOrigin.Peers)
            ? await _neighbours.HoldersAsync([.. plan.Missing.Select(file => file.Blob).Where(blob => blob.Size > 0)], cancellationToken)
            : null;

    IEnumerable<PeerAddress> Holders(RepoFile file) => _holders?[file.Blob] ?? [];

    IEnumerable<PeerAddress> Holders(RepoFile file, IReadOnlySet<PeerAddress>? among, bool isIn) =>
        Holders(file).Where(holder => among?.Contains(holder) == isIn);

    // The biggest ones: more names than a question may have.
    static IEnumerable<ETag> Shared(IEnumerable<RepoFile> small) =>
        small.Where(file => file.Size > 0).OrderByDescending(file => file.Size).Take(PeerProtocol.MostBlobs).Select(file => file.ETag);

    // Who got the listing from peers has just seen that no upstream answers; and a stranger gets nothing that is not public.
    bool SharesWork => request.From is not AllowedSources.Peers && listing is { Hubs.Count: > 0, Origin: not ListingOrigin.Peers }
        && (listing.IsPublic || listing.Hubs.Any(hub => hub.Upstream.Token is not null));

    async Task<Crowd?> GatherAsync(IEnumerable<RepoFile> big, SmallCrowd? small, CancellationToken cancellationToken)
    {
        if (_neighbours is null || engine.CrowdOf(audience.Circle, big.Select(file => file.Blob), small, progress.Warn) is not { } crowd)
            return null;
        await crowd.GatherAsync(_neighbours.Following, _neighbours.Silent, cancellationToken);
        progress.Crowd = crowd;
        return crowd;
    }

    // Among those who have proven it to each other, as among all for what is public. They name nobody else.
    async Task<Crowd?> GatherReadersAsync(IEnumerable<RepoFile> big, CancellationToken cancellationToken)
    {
        if (audience is not { Readers: { Alive.Count: > 0 } readers, ReadersClient: { } client }
            || engine.CrowdOf(new(client, new(), new()), big.Where(IsLarge).Select(file => file.Blob), small: null, progress.Warn) is not { } crowd)
            return null;
        await crowd.GatherAsync(readers.Alive, [], cancellationToken);
        progress.Crowd = crowd;
        return crowd;
    }

    IEnumerable<ISource> Peers(RepoFile file, IEnumerable<PeerAddress> holders) => _neighbours?.Sources(holders, file.Blob, engine.PeerPump) ?? [];

    // What git holds itself always comes from upstream: a proof says nothing of it.
    static bool IsLarge(RepoFile file) => file.ETag.Kind is DigestKind.Sha256 && file.Size > 0;

    IEnumerable<ISource> Readers(RepoFile file) =>
        IsLarge(file) ? audience.Readers?.Sources(_readers?[file.Blob] ?? [], file.Blob, engine.PeerPump) ?? [] : [];

    IEnumerable<ISource> Upstreams(RepoFile file) =>
        request.From is AllowedSources.Peers ? [] : listing.Hubs.Select(hub => new UpstreamSource(hub, request.Repo, listing.Snapshot.Commit, file, engine.UpstreamPump));
}
