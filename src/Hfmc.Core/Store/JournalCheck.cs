using System.Buffers;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Store;

/// <summary>
/// Whether a journalled range may be believed. Since the last start of the machine the page cache has kept what was written;
/// entries from before it (or from an unknown boot) are read again and held against their checksum.
/// </summary>
sealed class JournalCheck(SafeFileHandle file)
{
    // Writers journal at most 1 MiB at a time; a longer entry is not believed without a look either.
    const int LongestEntry = 8 << 20;

    public bool Trusts(JournalEntry entry) =>
        entry.Boot != 0 && entry.Boot == BootId.Current || entry.Range.Length <= LongestEntry && Reread(entry.Range) == entry.Checksum;

    uint? Reread(ByteRange range)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)range.Length);
        try
        {
            var bytes = buffer.AsSpan(0, (int)range.Length);
            return RandomAccess.Read(file, bytes, range.Start) == bytes.Length ? Crc32C.Compute(bytes) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
