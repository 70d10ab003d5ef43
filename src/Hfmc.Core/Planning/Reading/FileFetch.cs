using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// One file for somebody who reads it while it comes, from where it is to its place in the snapshot: as an add brings it, but nobody is
/// asked for it before all of it is wanted.
/// </summary>
sealed class FileFetch(ModelEngine engine, WantedFile wanted, Action<string> warn)
{
    readonly RepoFolder _repo = engine.Cache.Repo(wanted.Listing.Snapshot.Repo);
    bool _isPlaced;

    RepoListing Listing => wanted.Listing;

    RepoFile File => wanted.File;

    RepoId Repo => Listing.Snapshot.Repo;

    CommitId Commit => Listing.Snapshot.Commit;

    public IEnumerable<ISource> Upstreams() => Listing.Hubs.Select(hub => new UpstreamSource(hub, Repo, Commit, File, engine.UpstreamPump));

    /// <summary>Returns where the file's bytes are.</summary>
    public async Task<string> RunAsync(Action<BlobProgress> joined, CancellationToken cancellationToken)
    {
        engine.Cache.EnsureCreated();
        using var underWay = engine.UnderWay.Enter(Repo, wanted.Revision, Commit);
        await new BlobFetch(engine, new(engine, engine.Cache.Repos(), _repo), _repo, File, SupplyAsync, engine.Limits(ReadPatience.Sources), force: false, Place)
            .RunAsync(joined, cancellationToken);
        return FileReadings.Locate(_repo, Commit, File)
            ?? throw new DiskException($"{File.Path} of {Repo} was removed from the cache while it was fetched; ask again");
    }

    void Place()
    {
        if (!_isPlaced)
            engine.Readings.Snapshots.Place(wanted, isNewBlob: true);
        _isPlaced = true;
    }

    async ValueTask<BlobSupply> SupplyAsync(BlobProgress progress, CancellationToken cancellationToken)
    {
        engine.Readings.Records.Note(Listing, null);
        FreeSpace.Check(engine.Cache, [File.Blob]);
        // As an add does: everybody hears of what is public, members of the cluster of what is not, and those who have named it themselves of that.
        var isForAll = Listing.IsPublic || (Listing.Origin is ListingOrigin.Peers && !Listing.IsFromMembers);
        var (circle, neighbourhood) = isForAll ? (engine.Everybody, engine.Neighbourhood) : (engine.Members, engine.Membership);
        if (!neighbourhood.IsKnown)
            progress.Live.Reads.Begin();
        if (await neighbourhood.GetAsync(cancellationToken) is not { } neighbours)
            return new([.. Upstreams()], null);

        var crowd = (Listing.IsPublic || !isForAll) && File.Size > MemoryBlob.Largest ? engine.CrowdOf(circle, [File.Blob], small: null, warn) : null;
        try
        {
            if (neighbours.Alive.Count > 0)
                progress.Live.Reads.Begin();
            var holders = (await neighbours.HoldersAsync(File.Size > 0 ? [File.Blob] : [], cancellationToken))[File.Blob];
            if (crowd is not null)
                await crowd.GatherAsync(neighbours.Following, neighbours.Silent, cancellationToken);
            var of = crowd?.Of(File.Blob);
            // Members of the crowd tell what they have themselves.
            var others = of is null ? holders : holders.Where(holder => !neighbours.Following.Contains(holder));
            return new([.. neighbours.Sources(others, File.Blob, engine.PeerPump), .. Upstreams()], of is null ? null : new(of, File.XetId, warn), crowd);
        }
        catch
        {
            if (crowd is not null)
                await crowd.DisposeAsync();
            throw;
        }
    }
}
