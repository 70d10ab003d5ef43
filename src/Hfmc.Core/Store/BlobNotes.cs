using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// Notes size and time of change of each blob when it is published, so that one whose bytes have changed since is noticed without reading
/// it. A blob without a note is taken by its size, and noted then. What a process published in the last minutes before an unclean stop
/// counts as changed (<see cref="PublishingSession"/>). Rot that keeps size and time is found by <see cref="CacheVerify"/> alone.
/// Where nothing can be written the notes hold for this process. Safe for several threads.
/// </summary>
public sealed class BlobNotes(CacheFolder cache, TimeProvider time) : IDisposable
{
    // Of all repos together; a note takes some 200 bytes.
    const int MostKept = 400_000;

    // A disk is told to write within half a minute; what it was told before has had its time.
    static readonly TimeSpan LastMinutes = TimeSpan.FromMinutes(5);

    // What was only taken by its size is written with others.
    const int MostWaiting = 256;

    // What another process finds out of a blob that is good here is heard within this time.
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    readonly Dictionary<RepoId, BlobNoteFile> _files = [];
    PublishingSession? _session;
    bool _isOpen;

    string Folder => Path.Combine(cache.StateFolder, "blobs");

    /// <summary>What is known of bytes that have this stamp under the blob's name.</summary>
    public BlobTrust Look(RepoId repo, Blob blob, BlobStamp stamp)
    {
        if (stamp.Size != blob.Size)
            return BlobTrust.Wrong;
        lock (_lock)
        {
            var file = FileOf(repo);
            if (time.GetElapsedTime(file.Seen) >= Glance)
                Refresh(file);
            return file.Look(blob.ETag, stamp) is var known && known is BlobTrust.Same || !Refresh(file) ? known : file.Look(blob.ETag, stamp);
        }
    }

    /// <summary>Reads what other processes have noted of the repo's blobs.</summary>
    public void Refresh(RepoId repo)
    {
        lock (_lock)
            Refresh(FileOf(repo));
    }

    /// <summary>What is known, as <see cref="Look"/> says it; what nothing was noted of is taken by its size from here on, and noted.</summary>
    public BlobTrust Take(RepoId repo, Blob blob, BlobStamp stamp)
    {
        var known = Look(repo, blob, stamp);
        if (known is BlobTrust.Unknown)
            Add(repo, blob.ETag, stamp, BlobTrust.Same, mayWait: true);
        return known;
    }

    /// <summary>The digest of bytes with this stamp was computed.</summary>
    public void Proven(RepoId repo, ETag etag, BlobStamp stamp, bool agrees)
    {
        lock (_lock)
            if (FileOf(repo).Look(etag, stamp) == (agrees ? BlobTrust.Same : BlobTrust.Wrong))
                return;
        Add(repo, etag, stamp, agrees ? BlobTrust.Same : BlobTrust.Wrong, mayWait: false);
    }

    /// <summary>
    /// A blob whose digest agreed is about to get its name. In this order, so that after a power cut there is no blob without its note: it
    /// is durable at once, or, for many small blobs together, with <see cref="Write"/> before the sync that they share.
    /// </summary>
    public void Publishing(RepoId repo, ETag etag, BlobStamp stamp, bool isDurable)
    {
        lock (_lock)
        {
            _session ??= PublishingSession.TryBegin(cache);
            var file = FileOf(repo);
            file.Add(new(etag, stamp, BlobTrust.Same, Now, _session?.Id ?? BlobNote.NoSession));
            if (isDurable)
                file.Write(isDurable);
        }
    }

    /// <summary>Writes what waits to be written with others.</summary>
    public void Write()
    {
        lock (_lock)
            foreach (var file in _files.Values)
                file.Write(isDurable: false);
    }

    /// <summary>The repo is gone.</summary>
    public static void Delete(CacheFolder cache, RepoId repo)
    {
        var file = Path.Combine(cache.StateFolder, "blobs", repo.FolderName);
        DiskFailure.Guard($"delete {file}", () =>
        {
            if (File.Exists(file))
                File.Delete(file);
        });
    }

    /// <summary>The process ends as it should: what it published is as good as its notes.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Write();
            _session?.End();
            _session = null;
        }
    }

    // Of this process's clock, which does not jump: only what one session published is compared.
    long Now => (long)time.Steady().TotalSeconds;

    void Add(RepoId repo, ETag etag, BlobStamp stamp, BlobTrust trust, bool mayWait)
    {
        lock (_lock)
        {
            var file = FileOf(repo);
            file.Add(new(etag, stamp, trust, Now, BlobNote.NoSession));
            if (!mayWait || file.Unwritten >= MostWaiting)
                file.Write(isDurable: false);
        }
    }

    BlobNoteFile FileOf(RepoId repo)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            DoubtUnclean();
        }
        if (_files.TryGetValue(repo, out var known))
            return known;
        if (_files.Values.Sum(file => file.Count) > MostKept)
        {
            Write();
            _files.Clear();
        }
        var opened = _files[repo] = new(Path.Combine(Folder, repo.FolderName), cache.StateFolder);
        Refresh(opened);
        return opened;
    }

    bool Refresh(BlobNoteFile file)
    {
        file.Seen = time.GetTimestamp();
        return file.Refresh();
    }

    // Once in the life of a process; its repos are then kept, for where nothing can be written the doubts are only here.
    void DoubtUnclean()
    {
        foreach (var unclean in PublishingSession.Unclean(cache, time))
            if (Doubt(unclean.Id))
                unclean.End();
    }

    bool Doubt(string session)
    {
        var ofSession = Repos().Select(FileOf).SelectMany(file => file.Notes.Where(note => note.Session == session).Select(note => (File: file, Note: note))).ToList();
        var last = ofSession.Select(found => found.Note.Time).DefaultIfEmpty().Max();
        foreach (var (file, note) in ofSession)
            if (note is { Trust: BlobTrust.Same } && last - note.Time <= LastMinutes.TotalSeconds)
                file.Add(note with { Trust = BlobTrust.Changed, Session = BlobNote.NoSession });
        return ofSession.Select(found => found.File).Distinct().Aggregate(true, (isWritten, file) => file.Write(isDurable: false) && isWritten);
    }

    IEnumerable<RepoId> Repos()
    {
        if (!Directory.Exists(Folder))
            yield break;
        foreach (var file in Directory.EnumerateFiles(Folder))
            if (RepoId.TryParseFolder(Path.GetFileName(file), out var repo))
                yield return repo;
    }
}
