using System.Buffers.Binary;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Store;

/// <summary>One range that was written to a partial file, with the CRC-32C of its bytes, the boot it was written in, and whether it came from an upstream.</summary>
readonly record struct JournalEntry(ByteRange Range, uint Checksum, ulong Boot, bool IsVouched = false);

/// <summary>
/// What of a partial blob is on disk: a file of 32-byte entries behind a 32-byte header, only ever appended to. The bytes are
/// written before their entry, so a journal may forget a range but never claim one that was not written. Little-endian:
/// header <c>"hfmcjrn1"</c>, blob size, 12 zero bytes, CRC; entry start, length (u32), checksum (u32), boot id,
/// a byte that is 1 for bytes of an upstream, 3 zero bytes, CRC.
/// </summary>
sealed class RangeJournal : IDisposable
{
    const int RecordLength = 32, VouchedAt = 24, CrcAt = 28;

    // One entry a MiB or 100 ms; a journal that claims more is not one of ours.
    const long LargestFile = 1L << 30;

    static ReadOnlySpan<byte> Magic => "hfmcjrn1"u8;

    readonly SafeFileHandle _file;
    readonly Lock _lock = new();
    readonly long _blobSize;
    long _end;

    RangeJournal(SafeFileHandle file, long blobSize, long end, IReadOnlyList<JournalEntry> recovered) =>
        (_file, _blobSize, _end, Recovered) = (file, blobSize, end, recovered);

    /// <summary>What the file said when it was opened; entries with a wrong CRC and all after them are cut off.</summary>
    public IReadOnlyList<JournalEntry> Recovered { get; private set; }

    /// <summary>Opens or creates; a journal of another size, or one that cannot be read, is begun anew.</summary>
    public static RangeJournal Open(string path, long blobSize)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var entries = Read(file, blobSize);
            if (entries is null)
                return Begin(file, blobSize);
            var end = RecordLength * (1L + entries.Count);
            RandomAccess.SetLength(file, end);
            return new(file, blobSize, end, entries);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The ranges that the journal at <paramref name="path"/> names, for showing progress; empty when there is none.</summary>
    public static RangeSet Peek(string path, long blobSize)
    {
        var ranges = new RangeSet();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            foreach (var entry in Read(file, blobSize) ?? [])
                ranges.Add(entry.Range);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // Its owner may have finished, and deleted it, this moment.
        }
        return ranges;
    }

    public void Append(ByteRange range, uint checksum, bool isVouched = false) => Append(new JournalEntry(range, checksum, BootId.Current, isVouched));

    void Append(JournalEntry entry)
    {
        Span<byte> record = stackalloc byte[RecordLength];
        record.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(record, entry.Range.Start);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], checked((uint)entry.Range.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], entry.Checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], entry.Boot);
        record[VouchedAt] = entry.IsVouched ? (byte)1 : (byte)0;
        Seal(record);
        lock (_lock)
        {
            RandomAccess.Write(_file, record, _end);
            _end += RecordLength;
        }
    }

    /// <summary>Keeps only these entries.</summary>
    public void Rewrite(IEnumerable<JournalEntry> entries)
    {
        Clear();
        foreach (var entry in entries)
            Append(entry.Range, entry.Checksum, entry.IsVouched);
    }

    /// <summary>Forgets what it says of these bytes, and so of those written with them: their checksum is of both.</summary>
    public void Forget(IReadOnlyList<ByteRange> ranges)
    {
        lock (_lock)
        {
            var kept = (Read(_file, _blobSize) ?? []).FindAll(entry => !ranges.Any(range => entry.Range.Start < range.End && range.Start < entry.Range.End));
            RandomAccess.SetLength(_file, RecordLength);
            _end = RecordLength;
            foreach (var entry in kept)
                Append(entry);
        }
    }

    /// <summary>Forgets everything: the bytes were wrong.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            RandomAccess.SetLength(_file, RecordLength);
            _end = RecordLength;
            Recovered = [];
        }
    }

    public void Dispose() => _file.Dispose();

    static RangeJournal Begin(SafeFileHandle file, long blobSize)
    {
        Span<byte> header = stackalloc byte[RecordLength];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], blobSize);
        Seal(header);
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, header, 0);
        return new(file, blobSize, RecordLength, []);
    }

    static List<JournalEntry>? Read(SafeFileHandle file, long blobSize)
    {
        var length = RandomAccess.GetLength(file);
        if (length is < RecordLength or > LargestFile)
            return null;
        var bytes = new byte[length];
        var read = RandomAccess.Read(file, bytes, 0);
        var header = bytes.AsSpan(0, RecordLength);
        if (!header.StartsWith(Magic) || !IsSealed(header) || BinaryPrimitives.ReadInt64LittleEndian(header[8..]) != blobSize)
            return null;

        var entries = new List<JournalEntry>();
        for (var at = RecordLength; at + RecordLength <= read; at += RecordLength)
        {
            var record = bytes.AsSpan(at, RecordLength);
            var entry = ReadEntry(record);
            if (!IsSealed(record) || entry.Range.IsEmpty || entry.Range.Start < 0 || entry.Range.End > blobSize)
                break;
            entries.Add(entry);
        }
        return entries;
    }

    static JournalEntry ReadEntry(ReadOnlySpan<byte> record)
    {
        var start = BinaryPrimitives.ReadInt64LittleEndian(record);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(record[8..]);
        return new(
            new(start, start + length), BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), BinaryPrimitives.ReadUInt64LittleEndian(record[16..]),
            record[VouchedAt] is 1);
    }

    static void Seal(Span<byte> record) => BinaryPrimitives.WriteUInt32LittleEndian(record[CrcAt..], Crc32C.Compute(record[..CrcAt]));

    static bool IsSealed(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[CrcAt..]) == Crc32C.Compute(record[..CrcAt]);
}
