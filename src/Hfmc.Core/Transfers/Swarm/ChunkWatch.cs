using System.Buffers;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>Holds the bytes of a blob on its way against a proven list of its chunks, each chunk once, as soon as all of it is here.</summary>
/// <param name="list">The chunks.</param>
/// <param name="partial">The bytes.</param>
/// <param name="vouch">Told of each chunk that is right.</param>
sealed class ChunkWatch(ChunkList list, PartialBlob partial, Action<ByteRange> vouch)
{
    readonly bool[] _right = new bool[list.Count];

    /// <summary>The chunks in or across <paramref name="window"/> that are here in whole and are not the blob's.</summary>
    public IReadOnlyList<ByteRange> Wrong(ByteRange window)
    {
        var wrong = new List<ByteRange>();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkCutter.Longest);
        try
        {
            for (var chunk = list.IndexAt(window.Start); chunk < list.Count && list.StartOf(chunk) < window.End; chunk++)
            {
                var range = new ByteRange(list.StartOf(chunk), list.EndOf(chunk));
                if (_right[chunk] || partial.Gaps(range).Count > 0)
                    continue;
                var bytes = buffer.AsSpan(0, (int)range.Length);
                if (partial.Read(bytes, range.Start) == bytes.Length && list.Check(chunk, bytes))
                {
                    _right[chunk] = true;
                    vouch(range);
                }
                else
                {
                    wrong.Add(range);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return wrong;
    }

    /// <summary>Every byte of the window is proven.</summary>
    public bool IsProven(ByteRange window)
    {
        for (var chunk = list.IndexAt(window.Start); chunk < list.Count && list.StartOf(chunk) < window.End; chunk++)
            if (!_right[chunk])
                return false;
        return true;
    }
}
