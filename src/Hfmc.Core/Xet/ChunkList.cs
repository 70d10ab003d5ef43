namespace Hfmc.Core.Xet;

/// <summary>
/// Every chunk of a blob, in order, without gaps. It proves itself: its <see cref="FileId"/> is what the Hub publishes as the Xet id, and
/// then each chunk tells right bytes from wrong ones. Offsets and lengths in bytes. Immutable.
/// </summary>
public sealed partial class ChunkList
{
    readonly Chunk[] _chunks;
    readonly long[] _ends;
    readonly Lazy<XetHash> _fileId;

    public ChunkList(IEnumerable<Chunk> chunks)
        : this([.. chunks], isOwned: true)
    {
    }

    /// <param name="chunks">The list's own from now on.</param>
    /// <param name="isOwned">Says so.</param>
    internal ChunkList(Chunk[] chunks, bool isOwned)
    {
        _chunks = isOwned ? chunks : [.. chunks];
        _ends = new long[_chunks.Length];
        var end = 0L;
        for (var i = 0; i < _chunks.Length; i++)
            _ends[i] = end += _chunks[i].Length;
        _fileId = new(() => MerkleTree.FileId(Array.ConvertAll(_chunks, chunk => new MerkleNode(chunk.Hash, chunk.Length))));
    }

    /// <summary>The Xet id of a file with these chunks; computed when it is first asked for.</summary>
    public XetHash FileId => _fileId.Value;

    public int Count => _chunks.Length;

    /// <summary>Of the blob.</summary>
    public long Size => Count is 0 ? 0 : _ends[^1];

    public Chunk this[int index] => _chunks[index];

    /// <summary>Whether it is the list of the file that has this published id; null and redacted ids are proven by none.</summary>
    public bool Proves(string? xetId) => XetHash.TryParse(xetId, out var published) && published == FileId;

    /// <summary>Where a chunk begins.</summary>
    public long StartOf(int index) => _ends[index] - _chunks[index].Length;

    /// <summary>Where the next one begins.</summary>
    public long EndOf(int index) => _ends[index];

    /// <summary>The chunk that a byte is in; an <see cref="ArgumentOutOfRangeException"/> outside the blob.</summary>
    public int IndexAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Size);
        // The first that ends after it. No two end in the same place.
        var found = _ends.AsSpan().BinarySearch(offset);
        return found < 0 ? ~found : found + 1;
    }

    /// <summary>The chunks that lie wholly in the bytes from <paramref name="start"/> up to <paramref name="end"/>: the first, and the one after the last.</summary>
    public (int First, int End) Inside(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (start >= Size || end <= start)
            return (Count, Count);
        var first = IndexAt(start);
        if (StartOf(first) < start)
            first++;
        var after = end >= Size ? Count : IndexAt(end);
        return (first, Math.Max(first, after));
    }

    /// <summary>Whether these are the bytes of that chunk.</summary>
    public bool Check(int index, ReadOnlySpan<byte> bytes) =>
        bytes.Length == _chunks[index].Length && Chunk.HashOf(bytes) == _chunks[index].Hash;
}
