using System.Buffers.Binary;
using Hfmc.Core.Hashing;

namespace Hfmc.Core.Xet;

/// <summary>
/// The form in which lists are kept and sent, little-endian: <c>"hfmcchk1"</c>, size of the blob (i64), count (u32), then for each chunk
/// its raw hash and its length (u32), and the CRC-32C of all before it.
/// </summary>
public sealed partial class ChunkList
{
    const int HeadLength = 20, EntryLength = XetHash.Length + sizeof(uint), TailLength = sizeof(uint);

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
    public static long MostBytes(long size) => HeadLength + (MostChunks(size) * EntryLength) + TailLength;

    public byte[] ToBytes()
    {
        var bytes = new byte[checked(HeadLength + (Count * EntryLength) + TailLength)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Count);
        var rest = bytes.AsSpan(HeadLength);
        foreach (var chunk in _chunks)
        {
            chunk.Hash.Write(rest);
            BinaryPrimitives.WriteInt32LittleEndian(rest[XetHash.Length..], chunk.Length);
            rest = rest[EntryLength..];
        }
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Crc32C.Compute(bytes.AsSpan(0, bytes.Length - TailLength)));
        return bytes;
    }

    /// <summary>
    /// Reads what a stranger says is the list of a blob of <paramref name="size"/> bytes. Null when it cannot be one: another form or size,
    /// more chunks than the size can have, a length that no chunk has. What the hashes are worth, <see cref="Proves"/> tells.
    /// </summary>
    public static ChunkList? Read(ReadOnlySpan<byte> bytes, long size)
    {
        if (bytes.Length < HeadLength + TailLength || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) != size)
            return null;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        if (count > MostChunks(size) || bytes.Length != HeadLength + (count * EntryLength) + TailLength
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^TailLength..]) != Crc32C.Compute(bytes[..^TailLength]))
            return null;

        var chunks = new Chunk[count];
        var sum = 0L;
        for (var i = 0; i < chunks.Length; i++)
        {
            if (ReadEntry(bytes[(HeadLength + (i * EntryLength))..]) is not { } chunk)
                return null;
            chunks[i] = chunk;
            sum += chunk.Length;
        }
        return sum == size ? new(chunks) : null;
    }

    static Chunk? ReadEntry(ReadOnlySpan<byte> entry)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(entry[XetHash.Length..]);
        return length is 0 or > ChunkCutter.Longest ? null : new(XetHash.Read(entry), (int)length);
    }

    static long MostChunks(long size) => size <= 0 ? 0 : (size / ChunkCutter.Shortest) + 1;
}
