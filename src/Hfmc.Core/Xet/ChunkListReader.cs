using System.Buffers.Binary;
using Hfmc.Core.Hashing;

namespace Hfmc.Core.Xet;

/// <summary>
/// Reads the written form of a list as it comes, in parts of any length, and stops at the first byte that no list of the blob can have.
/// Room is made for chunks that are there, not for those that are promised.
/// </summary>
public sealed class ChunkListReader(long size)
{
    const int FirstRoom = 1024;

    readonly byte[] _begun = new byte[ChunkList.EntryLength];
    int _held, _count = -1, _read;
    long _sum;
    uint _checksum;
    Chunk[] _chunks = [];

    /// <summary>All has come, and agrees.</summary>
    public bool IsWhole { get; private set; }

    int Wanted => _count < 0 ? ChunkList.HeadLength : _read < _count ? ChunkList.EntryLength : ChunkList.TailLength;

    /// <summary>False when it cannot be the list of the blob: nothing more need be read.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (IsWhole)
                return false;
            var taken = Math.Min(Wanted - _held, bytes.Length);
            bytes[..taken].CopyTo(_begun.AsSpan(_held));
            bytes = bytes[taken..];
            _held += taken;
            if (_held < Wanted)
                return true;
            if (!TakeRecord(_begun.AsSpan(0, _held)))
                return false;
            _held = 0;
        }
        return true;
    }

    /// <summary>The list; null when it has not come in whole. Nothing may be taken after it.</summary>
    public ChunkList? Finish() => IsWhole ? new(_chunks, isOwned: true) : null;

    bool TakeRecord(ReadOnlySpan<byte> record)
    {
        if (_count >= 0 && _read == _count)
            return IsWhole = BinaryPrimitives.ReadUInt32LittleEndian(record) == _checksum && _sum == size;
        _checksum = Crc32C.Append(_checksum, record);
        if (_count >= 0)
            return ChunkList.ReadEntry(record) is { } chunk && Add(chunk);
        if (ChunkList.ReadHead(record, size) is not { } count)
            return false;
        _count = count;
        return CanBeWhole();
    }

    bool Add(Chunk chunk)
    {
        if (_read == _chunks.Length)
            Array.Resize(ref _chunks, (int)Math.Min(_count, Math.Max(FirstRoom, 2L * _read)));
        _chunks[_read++] = chunk;
        _sum += chunk.Length;
        return CanBeWhole();
    }

    // Those that are left have a byte each at least, and at most what the longest has.
    bool CanBeWhole() => (_count - _read, size - _sum) is var (chunks, bytes) && chunks <= bytes && bytes <= (long)chunks * ChunkCutter.Longest;
}
