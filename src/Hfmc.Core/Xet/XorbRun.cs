namespace Hfmc.Core.Xet;

/// <summary>Chunks of a file, one after the other, that one xorb holds.</summary>
/// <param name="Name">What clients call the xorb.</param>
/// <param name="First">The first chunk, counted in the file.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Start">Where the first begins in the file, in bytes.</param>
/// <param name="Length">Bytes of the file that it holds.</param>
public readonly record struct XorbRun(XetHash Name, int First, int Count, long Start, int Length)
{
    /// <summary>Where in the file the next run begins.</summary>
    public long End => Start + Length;

    /// <summary>Bytes of the xorb: each chunk with its header.</summary>
    public int PackedLength => Length + (Count * ChunkRecord.HeaderLength);
}
