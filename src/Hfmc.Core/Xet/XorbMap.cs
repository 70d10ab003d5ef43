namespace Hfmc.Core.Xet;

/// <summary>
/// Which xorbs a file is told to consist of: runs of its chunks, each as long as the format allows. It depends on the chunks alone, so
/// it is the same each time, and equal runs have one name. Offsets in bytes. Immutable.
/// </summary>
public sealed class XorbMap
{
    /// <summary>How long a chunk is where nothing is known of the content, in bytes: the mean of those that content cuts.</summary>
    public const int EvenChunk = 64 << 10;

    // What a stored xorb has at its end, of each chunk and besides; nobody asks for it, but a xorb with it must not be too long.
    const int FooterOfChunk = 40, Footer = 96;

    const int EvenCount = (Xorb.MostBytes - Footer) / (EvenChunk + ChunkRecord.HeaderLength + FooterOfChunk);

    readonly XorbRun[] _runs;

    XorbMap(XorbRun[] runs, bool isEven) => (_runs, IsEven) = (runs, isEven);

    public IReadOnlyList<XorbRun> Runs => _runs;

    /// <summary>The chunks are not those of the content.</summary>
    public bool IsEven { get; }

    public long Size => _runs is [.., var last] ? last.End : 0;

    /// <summary>The xorbs of these chunks, with the names that the chunks give them.</summary>
    public static XorbMap Of(ChunkList list)
    {
        var runs = new List<XorbRun>();
        var nodes = new List<MerkleNode>();
        var (first, start, length, stored) = (0, 0L, 0, Footer);
        for (var i = 0; i < list.Count; i++)
        {
            var chunk = list[i];
            var cost = chunk.Length + ChunkRecord.HeaderLength + FooterOfChunk;
            if (nodes.Count is Xorb.MostChunks || stored + cost > Xorb.MostBytes)
                End();
            nodes.Add(new(chunk.Hash, chunk.Length));
            length += chunk.Length;
            stored += cost;
        }
        if (nodes.Count > 0)
            End();
        return new([.. runs], isEven: false);

        void End()
        {
            runs.Add(new(MerkleTree.Root(nodes), first, nodes.Count, start, length));
            (first, start, length, stored) = (first + nodes.Count, start + length, 0, Footer);
            nodes.Clear();
        }
    }

    /// <summary>
    /// For a file of which no chunk is known yet: cut each <see cref="EvenChunk"/> bytes, under names that <paramref name="name"/> makes up for each run.
    /// </summary>
    public static XorbMap Even(long size, Func<int, XetHash> name)
    {
        const int Longest = EvenCount * EvenChunk;
        var runs = new XorbRun[checked((int)((size + Longest - 1) / Longest))];
        for (var i = 0; i < runs.Length; i++)
        {
            var start = (long)i * Longest;
            var length = (int)Math.Min(Longest, size - start);
            runs[i] = new(name(i), i * EvenCount, (length + EvenChunk - 1) / EvenChunk, start, length);
        }
        return new(runs, isEven: true);
    }

    /// <summary>The run that a byte of the file is in; an <see cref="ArgumentOutOfRangeException"/> outside the file.</summary>
    public int IndexAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Size);
        var (low, high) = (0, _runs.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_runs[middle].Start <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
