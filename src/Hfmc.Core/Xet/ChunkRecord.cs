using System.Buffers.Binary;

namespace Hfmc.Core.Xet;

/// <summary>
/// How a chunk stands in a xorb: eight bytes before its own say how long it is and how it is packed
/// (https://huggingface.co/docs/xet, "xorb"). hfmc packs nothing: model weights hardly shrink, and the file is there as it is.
/// </summary>
public static class ChunkRecord
{
    /// <summary>Bytes before those of the chunk.</summary>
    public const int HeaderLength = 8;

    // Both are of the first byte of what follows; the lengths are three bytes each.
    const byte Version = 0, NotPacked = 0;

    /// <summary>The header of a chunk of this length, into the first eight bytes.</summary>
    public static void WriteHeader(Span<byte> header, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ChunkCutter.Longest);
        BinaryPrimitives.WriteInt32LittleEndian(header, (length << 8) | Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], (length << 8) | NotPacked);
    }
}
