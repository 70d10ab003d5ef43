using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// Puts what readers read into its snapshot, as an add does: what was fetched, what another commit has brought already, and the empty
/// files of the commit once all others are here, for they need nobody's bytes. Safe for several threads.
/// </summary>
sealed class SnapshotFilling(ModelEngine engine)
{
    // Commits whose readers are followed, and how few files of one may lack to be looked for again: others place files too.
    const int MostFollowed = 16, Few = 16;

    readonly Lock _lock = new();
    readonly Dictionary<(RepoId, CommitId), HashSet<RepoFile>> _lacking = [];

    /// <summary>Blobs come before links, links before the ref, so that others who wait for the same file find it placed.</summary>
    /// <exception cref="DiskException">It cannot be put there.</exception>
    public void Place(WantedFile wanted, bool isNewBlob)
    {
        var (listing, file) = (wanted.Listing, wanted.File);
        var (repo, commit) = (listing.Snapshot.Repo, listing.Snapshot.Commit);
        if (!IsPlaced(repo, commit, file))
        {
            var writer = new SnapshotWriter(engine.Cache, repo);
            writer.Prepare();
            writer.Link(commit, file.Path, file.ETag, isNewBlob);
            engine.Readings.Records.Note(listing, file);
        }
        engine.Named.Note(repo, wanted.Revision, commit);
        engine.Named.Placed(repo, commit);
        if (file.Size > 0 && IsLast(listing.Snapshot, file) && listing.Snapshot.Files.Where(other => other.Size is 0 && !IsPlaced(repo, commit, other)).ToList() is { Count: > 0 } empty)
            engine.Readings.Behind(FillAsync(listing, empty));
    }

    /// <summary>
    /// The file was read from this disk. A look that takes no bytes (<paramref name="isLook"/>) begins no snapshot: the refs of this cache
    /// would leave one that is whole for it.
    /// </summary>
    public void Keep(WantedFile wanted, bool isLook)
    {
        var (repo, commit) = (wanted.Listing.Snapshot.Repo, wanted.Listing.Snapshot.Commit);
        try
        {
            // Without links it would be copied while somebody waits.
            if (!IsPlaced(repo, commit, wanted.File) && (!isLook || engine.Cache.Repo(repo).HasSnapshot(commit)) && engine.Cache.Traits.HasLinks)
                Place(wanted, isNewBlob: false);
        }
        catch (DiskException)
        {
            // It is read all the same.
        }
    }

    bool IsPlaced(RepoId repo, CommitId commit, RepoFile file) => engine.Cache.Repo(repo).FindFile(commit, file.Path)?.Size == file.Size;

    // All others that have bytes are in the snapshot by now.
    bool IsLast(Snapshot snapshot, RepoFile placed)
    {
        var key = (snapshot.Repo, snapshot.Commit);
        lock (_lock)
        {
            if (_lacking.TryGetValue(key, out var lacking))
                lacking.Remove(placed);
            else if (_lacking.Count >= MostFollowed)
                _lacking.Clear();
            _lacking[key] = lacking ??= [.. snapshot.Files.Where(IsLacking)];
            if (lacking.Count is > 0 and <= Few)
                lacking.RemoveWhere(file => !IsLacking(file));
            return lacking.Count is 0 && _lacking.Remove(key);
        }

        bool IsLacking(RepoFile file) => file.Size > 0 && !IsPlaced(snapshot.Repo, snapshot.Commit, file);
    }

    async Task FillAsync(RepoListing listing, IReadOnlyList<RepoFile> empty)
    {
        var repo = engine.Cache.Repo(listing.Snapshot.Repo);
        var writer = new SnapshotWriter(engine.Cache, listing.Snapshot.Repo);
        foreach (var places in empty.GroupBy(file => file.ETag))
            try
            {
                await new BlobFetch(engine, new(engine, [], repo), repo, places.First(), (_, _) => new(new BlobSupply([], null)), engine.Limits(ReadPatience.Sources), force: false, () => Link(places))
                    .RunAsync(_ => { }, CancellationToken.None);
            }
            catch (HfmcException)
            {
                // The list says empty of what is not, or the disk is full: who asks for the file is told.
            }

        void Link(IEnumerable<RepoFile> places)
        {
            foreach (var place in places)
            {
                writer.Link(listing.Snapshot.Commit, place.Path, place.ETag, isNewBlob: true);
                engine.Readings.Records.Note(listing, place);
            }
        }
    }
}
