using System.Buffers.Binary;
using Hfmc.Core.Hashing;

namespace Hfmc.Core.Xet;

/// <summary>
/// The form in which lists are kept and sent, little-endian: <c>"hfmcchk1"</c>, size of the blob (i64), count (u32), then for each chunk
/// its raw hash and its length (u32), and the CRC-32C of all before it.
/// </summary>
public sealed partial class ChunkList
{
    internal const int HeadLength = 20, EntryLength = XetHash.Length + sizeof(uint), TailLength = sizeof(uint);

    const int PartLength = 1800 * EntryLength;

    static ReadOnlySpan<byte> Magic => "hfmcchk1"u8;

    /// <summary>How many bytes an entry has, and where that of a chunk begins: so that a part of a long list can be read.</summary>
    public const int EntryBytes = EntryLength;

    public static long PlaceOf(int index) => HeadLength + ((long)index * EntryLength);

    /// <summary>Reads entries out of the middle of a list; null when a length is none that a chunk has. What the hashes are worth, a xorb's name tells.</summary>
    public static Chunk[]? ReadEntries(ReadOnlySpan<byte> bytes)
    {
        var chunks = new Chunk[bytes.Length / EntryLength];
        for (var i = 0; i < chunks.Length; i++)
            if (ReadEntry(bytes[(i * EntryLength)..]) is { } chunk)
                chunks[i] = chunk;
            else
                return null;
        return chunks;
    }

    /// <summary>The most bytes that the list of a blob of this size can have.</summary>
    public static long MostBytes(long size) => LengthOf(MostChunks(size));

    /// <summary>Bytes of its written form.</summary>
    public long WrittenLength => LengthOf(Count);

    public byte[] ToBytes()
    {
        var bytes = new byte[checked((int)WrittenLength)];
        var at = 0;
        foreach (var part in Parts())
        {
            part.Span.CopyTo(bytes.AsSpan(at));
            at += part.Length;
        }
        return bytes;
    }

    /// <summary>The written form piece by piece; each is overwritten by the next.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        var part = new byte[PartLength];
        var (filled, checksum) = (WriteHead(part), 0u);
        foreach (var chunk in _chunks)
        {
            if (filled + EntryLength > part.Length)
            {
                checksum = Crc32C.Append(checksum, part.AsSpan(0, filled));
                yield return part.AsMemory(0, filled);
                filled = 0;
            }
            chunk.Hash.Write(part.AsSpan(filled));
            BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(filled + XetHash.Length), chunk.Length);
            filled += EntryLength;
        }
        checksum = Crc32C.Append(checksum, part.AsSpan(0, filled));
        yield return part.AsMemory(0, filled);
        BinaryPrimitives.WriteUInt32LittleEndian(part, checksum);
        yield return part.AsMemory(0, TailLength);
    }

    int WriteHead(Span<byte> part)
    {
        Magic.CopyTo(part);
        BinaryPrimitives.WriteInt64LittleEndian(part[8..], Size);
        BinaryPrimitives.WriteInt32LittleEndian(part[16..], Count);
        return HeadLength;
    }

    /// <summary>
    /// Reads what a stranger says is the list of a blob of <paramref name="size"/> bytes. Null when it cannot be one: another form or size,
    /// more chunks than the size can have, a length that no chunk has. What the hashes are worth, <see cref="Proves"/> tells.
    /// </summary>
    public static ChunkList? Read(ReadOnlySpan<byte> bytes, long size)
    {
        var reader = new ChunkListReader(size);
        return reader.Take(bytes) ? reader.Finish() : null;
    }

    /// <summary>Null when it is none of a list of a blob of this size; else how many chunks follow.</summary>
    internal static int? ReadHead(ReadOnlySpan<byte> head, long size)
    {
        var count = BinaryPrimitives.ReadUInt32LittleEndian(head[16..]);
        return head.StartsWith(Magic) && BinaryPrimitives.ReadInt64LittleEndian(head[8..]) == size && count <= MostChunks(size) ? (int)count : null;
    }

    internal static Chunk? ReadEntry(ReadOnlySpan<byte> entry)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(entry[XetHash.Length..]);
        return length is 0 or > ChunkCutter.Longest ? null : new(XetHash.Read(entry), (int)length);
    }

    static long LengthOf(long count) => HeadLength + (count * EntryLength) + TailLength;

    // What an array can hold bounds what is read: a blob that could have more chunks has no list here.
    static long MostChunks(long size) => size <= 0 ? 0 : Math.Min((size / ChunkCutter.Shortest) + 1, Array.MaxLength / EntryLength);
}
