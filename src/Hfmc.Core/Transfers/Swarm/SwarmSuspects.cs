using System.Buffers;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>
/// What bytes that were dropped had been, where one member alone had given them. When the digest agrees in the end, what is in their
/// place tells whose bytes were wrong: also of a chunk that two had given parts of, and where no list was proven.
/// </summary>
sealed class SwarmSuspects(PartialBlob partial, SwarmGivers givers)
{
    readonly List<(ByteRange Range, XetHash Hash, SwarmMember Giver)> _dropped = [];

    /// <summary>To be called before the ranges are dropped.</summary>
    public void Note(IEnumerable<ByteRange> ranges)
    {
        foreach (var (range, giver) in ranges.SelectMany(givers.Alone))
            for (var start = range.Start; start < range.End; start += ChunkCutter.Longest)
            {
                var part = new ByteRange(start, Math.Min(range.End, start + ChunkCutter.Longest));
                if (HashOf(part) is { } hash)
                    _dropped.Add((part, hash, giver));
            }
    }

    /// <summary>Those whose bytes were not what is there now, which the digest vouches for.</summary>
    public IReadOnlySet<SwarmMember> Guilty()
    {
        var guilty = new HashSet<SwarmMember>();
        foreach (var (range, hash, giver) in _dropped)
            if (!guilty.Contains(giver) && HashOf(range) is { } now && now != hash)
                guilty.Add(giver);
        return guilty;
    }

    XetHash? HashOf(ByteRange range)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)range.Length);
        try
        {
            var bytes = buffer.AsSpan(0, (int)range.Length);
            return partial.Read(bytes, range.Start) == bytes.Length ? Chunk.HashOf(bytes) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
