using System.Text;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// The notes of one repo's blobs, in <c>state/blobs/folder</c>: lines that are only ever added, the last one of a blob and stamp counts.
/// A line that a kill has cut short is passed over. It is written anew when most of its lines are out of date. Not safe for several threads.
/// </summary>
sealed class BlobNoteFile(string path, string temporaryFolder)
{
    // Copies of one blob, as without links, each have a stamp of their own; older ones are forgotten.
    const int MostStamps = 4;

    const int FewLines = 1024;

    readonly Dictionary<ETag, List<BlobNote>> _notes = [];
    readonly List<BlobNote> _unwritten = [];
    (long Length, DateTime Modified) _read = (-1, default);

    public IEnumerable<BlobNote> Notes => _notes.Values.SelectMany(notes => notes);

    /// <summary>When it was looked at last, by the clock of who looks.</summary>
    public long Seen { get; set; }

    public int Unwritten => _unwritten.Count;

    public int Count => _notes.Count;

    public BlobTrust Look(ETag etag, BlobStamp stamp)
    {
        if (!_notes.TryGetValue(etag, out var notes))
            return BlobTrust.Unknown;
        foreach (var note in notes)
            if (note.Stamp == stamp)
                return note.Trust;
        return BlobTrust.Changed;
    }

    /// <summary>Reads what has come since the last time, also from other processes; false when there was nothing.</summary>
    public bool Refresh()
    {
        var file = new FileInfo(path);
        var now = file.Exists ? (file.Length, file.LastWriteTimeUtc) : (-1, default);
        if (now == _read)
            return false;
        _read = now;
        try
        {
            var lines = file.Exists ? File.ReadAllLines(path) : [];
            _notes.Clear();
            foreach (var line in lines)
                if (BlobNote.Parse(line) is { } note)
                    Take(note);
            _unwritten.ForEach(Take);
            if (lines.Length > 2 * _notes.Count + FewLines)
                Rewrite();
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // What cannot be read is not known.
        }
        return true;
    }

    /// <summary>Adds a note, which <see cref="Write"/> writes with others.</summary>
    public void Add(BlobNote note)
    {
        Take(note);
        _unwritten.Add(note);
    }

    /// <summary>
    /// Writes what was added; false where that cannot be: it holds for this process then. Durable: it outlives a power cut from here on.
    /// </summary>
    public bool Write(bool isDurable)
    {
        if (_unwritten.Count is 0)
            return true;
        var lines = Encoding.ASCII.GetBytes(string.Concat(_unwritten.Select(note => $"{note}\n")));
        _unwritten.Clear();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Write(lines);
            if (isDurable)
                file.Flush(flushToDisk: true);
            // What another process has added in between is seen to be missing, and read.
            _read = (Math.Max(0, _read.Length) + lines.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return false;
        }
    }

    void Take(BlobNote note)
    {
        if (!_notes.TryGetValue(note.ETag, out var notes))
            _notes[note.ETag] = notes = [];
        notes.RemoveAll(known => known.Stamp == note.Stamp);
        if (notes.Count >= MostStamps)
            notes.RemoveAt(0);
        notes.Add(note);
    }

    void Rewrite()
    {
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(string.Concat(Notes.Select(note => $"{note}\n"))), temporaryFolder);
        var file = new FileInfo(path);
        _read = (file.Length, file.LastWriteTimeUtc);
    }
}
