using System.Buffers;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Chunks that were dropped because lists disagreed, with who alone had given them. When the digest agrees in the end, what is in their
/// place tells whose bytes were wrong.
/// </summary>
sealed class SwarmSuspects(PartialBlob partial, SwarmGivers givers)
{
    readonly List<(ByteRange Range, XetHash Hash, SwarmMember Giver)> _dropped = [];

    /// <summary>To be called before the ranges are dropped.</summary>
    public void Note(ChunkList had, IEnumerable<ByteRange> ranges)
    {
        foreach (var range in ranges)
        {
            var (first, end) = had.Inside(range.Start, range.End);
            for (var chunk = first; chunk < end; chunk++)
                if (givers.Of(new(had.StartOf(chunk), had.EndOf(chunk))) is { Count: 1 } giver)
                    _dropped.Add((new(had.StartOf(chunk), had.EndOf(chunk)), had[chunk].Hash, giver.Single()));
        }
    }

    /// <summary>Those whose bytes were not what is there now, which the digest vouches for.</summary>
    public IReadOnlySet<SwarmMember> Guilty()
    {
        var guilty = new HashSet<SwarmMember>();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkCutter.Longest);
        try
        {
            foreach (var (range, hash, giver) in _dropped.Where(dropped => !guilty.Contains(dropped.Giver)))
            {
                var bytes = buffer.AsSpan(0, (int)range.Length);
                if (partial.Read(bytes, range.Start) == bytes.Length && Chunk.HashOf(bytes) != hash)
                    guilty.Add(giver);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return guilty;
    }
}
