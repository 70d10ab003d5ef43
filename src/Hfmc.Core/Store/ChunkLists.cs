using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Store;

/// <summary>
/// The chunk lists in <c>state/chunks/etag</c>. They can be made anew, so one that cannot be read counts as absent. A list is kept for a
/// blob, not for a repo: it goes when no repo has the blob any more.
/// </summary>
public sealed class ChunkLists(CacheFolder cache)
{
    const int Step = 64 << 10;

    // A list may be there a moment before the first byte of its blob.
    static readonly TimeSpan YoungestStray = TimeSpan.FromMinutes(1);

    string Folder => Path.Combine(cache.StateFolder, "chunks");

    /// <summary>Whether there is a file of that name; only <see cref="Read"/> tells what it is worth.</summary>
    public bool Exists(ETag etag) => File.Exists(FileOf(etag));

    /// <summary>Null when there is no list, or none that a blob of this size can have.</summary>
    public ChunkList? Read(Blob blob)
    {
        try
        {
            var file = new FileInfo(FileOf(blob.ETag));
            return file.Exists && file.Length <= ChunkList.MostBytes(blob.Size) && Through(file.FullName, blob) is { } list ? list.Finish() : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    /// <summary>The file of a list that is whole, and its length: to be passed on as it is. Null when there is none that a blob of this size can have.</summary>
    public (string Path, long Length)? Locate(Blob blob)
    {
        try
        {
            var file = new FileInfo(FileOf(blob.ETag));
            return file.Exists && file.Length <= ChunkList.MostBytes(blob.Size) && Through(file.FullName, blob) is { IsWhole: true } ? (file.FullName, file.Length) : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    /// <summary>
    /// Some chunks out of the middle of a list, which may be long; null when they are not there. Nothing proves them here: the name of the
    /// xorb that they make up does.
    /// </summary>
    public Chunk[]? ReadPart(Blob blob, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Xorb.MostChunks);
        try
        {
            using var file = File.OpenHandle(FileOf(blob.ETag), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[count * ChunkList.EntryBytes];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), ChunkList.PlaceOf(first) + read) is var step and > 0)
                read += step;
            return read == bytes.Length ? ChunkList.ReadEntries(bytes) : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    /// <summary>Replaces the list.</summary>
    public void Write(ETag etag, ChunkList list)
    {
        var file = FileOf(etag);
        DiskFailure.Guard($"write {file}", () =>
        {
            Directory.CreateDirectory(Folder);
            AtomicFile.Write(file, list.ToBytes(), cache.StateFolder);
        });
    }

    public void Delete(ETag etag)
    {
        var file = FileOf(etag);
        DiskFailure.Guard($"delete {file}", () =>
        {
            if (Directory.Exists(Folder))
                File.Delete(file);
        });
    }

    /// <summary>Deletes the lists of those of these blobs that no repo has any more, and that are not on their way; returns the bytes freed.</summary>
    internal long DeleteGone(IEnumerable<ETag> blobs)
    {
        ETag[] listed = [.. blobs.Where(Exists)];
        if (listed.Length is 0)
            return 0;
        var (needed, bytes) = (Needed(), 0L);
        foreach (var etag in listed.Where(etag => !needed.Contains(etag)))
        {
            bytes += BlobUse.SizeOf(FileOf(etag));
            Delete(etag);
        }
        return bytes;
    }

    /// <summary>The lists that nothing needs, a minute old or more; a file that is not named as a blob is somebody else's.</summary>
    internal IReadOnlyList<StrayList> Strays(TimeProvider time)
    {
        if (!Directory.Exists(Folder))
            return [];
        var needed = Needed();
        var strays = new List<StrayList>();
        foreach (var file in Directory.GetFiles(Folder).Order(StringComparer.Ordinal))
            if (ETag.TryParse(Path.GetFileName(file), out var etag) && !needed.Contains(etag)
                && time.AgeOf(file) >= YoungestStray)
                strays.Add(new(etag, file, BlobUse.SizeOf(file)));
        return strays;
    }

    // Also behind links: a folder that prune does not touch has its blobs all the same.
    HashSet<ETag> Needed() => [.. cache.Repos().SelectMany(BlobUse.All), .. UnfinishedFiles.InFolder(cache.PartialFolder)];

    // Null at the first byte that is wrong.
    static ChunkListReader? Through(string path, Blob blob)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var (reader, step) = (new ChunkListReader(blob.Size), new byte[Step]);
        for (long at = 0; RandomAccess.Read(file, step, at) is var read and > 0; at += read)
            if (!reader.Take(step.AsSpan(0, read)))
                return null;
        return reader;
    }

    string FileOf(ETag etag) => Path.Combine(Folder, etag.Text);
}
