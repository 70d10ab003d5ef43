using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>Where two lists of chunks do not tell of the same bytes.</summary>
static class ChunkDifferences
{
    /// <summary>The bytes that are in no chunk of both lists: same place, same length, same hash.</summary>
    public static IReadOnlyList<ByteRange> Between(ChunkList own, ChunkList other)
    {
        var known = new HashSet<(long Start, Chunk Chunk)>(other.Count);
        for (var chunk = 0; chunk < other.Count; chunk++)
            known.Add((other.StartOf(chunk), other[chunk]));
        var ranges = new RangeSet();
        for (var chunk = 0; chunk < own.Count; chunk++)
            if (!known.Contains((own.StartOf(chunk), own[chunk])))
                ranges.Add(new(own.StartOf(chunk), own.EndOf(chunk)));
        return [.. ranges.Ranges];
    }
}
