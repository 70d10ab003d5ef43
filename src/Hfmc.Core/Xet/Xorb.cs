namespace Hfmc.Core.Xet;

/// <summary>
/// A xorb that nobody stores: its bytes are those of a run of chunks of a plain file, with a header before each. Places in it are
/// bytes of the packed form; "plain" ones are bytes of the file, counted from where the run begins. Immutable.
/// </summary>
public sealed class Xorb
{
    /// <summary>The limits of the format: chunks, and bytes with all that belongs to a stored xorb.</summary>
    public const int MostChunks = 8192, MostBytes = 64 << 20;

    readonly int[] _plainEnds;

    Xorb(XorbRun run, int[] plainEnds) => (Run, _plainEnds) = (run, plainEnds);

    public XorbRun Run { get; }

    /// <summary>The xorb of these chunks, if they are those that give the run its name; null otherwise.</summary>
    public static Xorb? Of(XorbRun run, ReadOnlySpan<Chunk> chunks)
    {
        if (chunks.Length != run.Count)
            return null;
        var nodes = new MerkleNode[chunks.Length];
        var ends = new int[chunks.Length];
        var end = 0L;
        for (var i = 0; i < chunks.Length; i++)
        {
            nodes[i] = new(chunks[i].Hash, chunks[i].Length);
            end += chunks[i].Length;
            if (end > MostBytes)
                return null;
            ends[i] = (int)end;
        }
        return end == run.Length && MerkleTree.Root(nodes) == run.Name ? new(run, ends) : null;
    }

    /// <summary>The xorb of a run that is cut evenly; see <see cref="XorbMap.Even"/>.</summary>
    public static Xorb Even(XorbRun run)
    {
        var ends = new int[run.Count];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = Math.Min((i + 1) * XorbMap.EvenChunk, run.Length);
        return new(run, ends);
    }

    /// <summary>Where the chunk's bytes begin, plain; that of the chunk after the last is where all end.</summary>
    public int PlainStart(int chunk) => chunk is 0 ? 0 : _plainEnds[chunk - 1];

    /// <summary>Where the chunk's header begins.</summary>
    public int RecordStart(int chunk) => PlainStart(chunk) + (chunk * ChunkRecord.HeaderLength);

    /// <summary>The chunk that a plain byte is in.</summary>
    public int ChunkAt(int plain)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plain);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(plain, Run.Length);
        var found = _plainEnds.AsSpan().BinarySearch(plain);
        return found < 0 ? ~found : found + 1;
    }

    /// <summary>What the bytes from <paramref name="start"/> up to <paramref name="end"/> are made of, in order.</summary>
    public IEnumerable<XorbPart> Parts(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Run.PackedLength);
        for (var (at, chunk) = (start, RecordAt(start)); at < end; chunk++)
        {
            var body = RecordStart(chunk) + ChunkRecord.HeaderLength;
            if (at < body)
            {
                var length = Math.Min(body, end) - at;
                yield return new(null, PlainStart(chunk + 1) - PlainStart(chunk), at - RecordStart(chunk), length);
                at += length;
            }
            if (at < end)
            {
                var length = Math.Min(RecordStart(chunk + 1), end) - at;
                yield return new(Run.Start + PlainStart(chunk) + (at - body), 0, 0, length);
                at += length;
            }
        }
    }

    /// <summary>The bytes of the file that those from <paramref name="start"/> up to <paramref name="end"/> are made of, which are not none.</summary>
    public (long Start, long End) FileRange(int start, int end) => (Run.Start + PlainStart(RecordAt(start)), Run.Start + PlainStart(RecordAt(end - 1) + 1));

    // The last chunk whose record does not begin after this byte.
    int RecordAt(int at)
    {
        var (low, high) = (0, Run.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (RecordStart(middle) <= at)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}

/// <summary>Some bytes of a xorb: of the file when <paramref name="FileStart"/> says where, else of a header.</summary>
/// <param name="FileStart">Where they are in the file.</param>
/// <param name="ChunkLength">For a header: of the chunk that follows it.</param>
/// <param name="Skip">For a header: its bytes before these.</param>
/// <param name="Length">How many bytes.</param>
public readonly record struct XorbPart(long? FileStart, int ChunkLength, int Skip, int Length)
{
    /// <summary>The bytes of a header.</summary>
    public void WriteHeader(Span<byte> bytes)
    {
        Span<byte> header = stackalloc byte[ChunkRecord.HeaderLength];
        ChunkRecord.WriteHeader(header, ChunkLength);
        header.Slice(Skip, Length).CopyTo(bytes);
    }
}
