using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>Keeps the cache's record of a commit true through an add: who may see it, and which files this program put there.</summary>
sealed class RecordKeeping(RepoRecords records, TimeProvider time, RepoListing listing)
{
    readonly RepoRecord? _before = records.Read(listing.Snapshot.Repo, listing.Snapshot.Commit);

    /// <summary>Others may hear of it.</summary>
    public bool IsPublic => Public(time.GetUtcNow()) is not null;

    /// <summary>Before the first byte: an interrupted download is then known for what it is.</summary>
    public void Begin() => Write([]);

    /// <summary>These files were put there by this run.</summary>
    public void End(IEnumerable<RepoFile> fetched) => Write([.. fetched.Select(file => file.Path)]);

    /// <summary>Nothing was put there; where that cannot be noted, nothing is lost.</summary>
    public void TryEnd() => records.TryWrite(Record([]));

    void Write(HashSet<FilePath> fetched) => records.Write(Record(fetched));

    RepoRecord Record(HashSet<FilePath> fetched)
    {
        var ours = (_before?.Files ?? []).Where(file => file.Ours).Select(file => file.File.Path).ToHashSet();
        ours.UnionWith(fetched);
        var (now, snapshot) = (time.GetUtcNow(), Whole());
        return new(
            snapshot.Repo, snapshot.Commit,
            [.. snapshot.Files.Select(file => new RecordedFile(file, ours.Contains(file.Path)))],
            Public(now), _before?.Origin is RepoOrigin.Imported ? RepoOrigin.Imported : RepoOrigin.Hfmc, now)
        {
            Info = listing.Info ?? _before?.Info,
            IsPartial = snapshot.IsPartial,
            Skipped = snapshot.Skipped,
        };
    }

    // Of a listing of some files those that were known before stay known.
    Snapshot Whole()
    {
        if (!listing.Snapshot.IsPartial || _before is null)
            return listing.Snapshot;
        var before = _before.ToSnapshot();
        return before.IsPartial
            ? before with { Files = [.. listing.Snapshot.Files.Concat(before.Files).DistinctBy(file => file.Path).OrderBy(file => file.Path)] }
            : before;
    }

    // Only an upstream's answer changes the label: yes renews it, no ends it; peers and this cache know no better than before.
    DateTimeOffset? Public(DateTimeOffset now) => listing.Origin is ListingOrigin.Upstream ? listing.IsPublic ? now : null : _before?.Public;
}
