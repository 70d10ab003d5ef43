using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Peers;

/// <summary>
/// What stands before the bytes of each blob in a bundle: one byte with the length of the name (40 or 64), the name in ASCII, and the
/// length of the bytes as 32 bits, the lowest byte first. A length of 0 for the name is a word that more is on its way, and stands alone.
/// </summary>
public readonly record struct BundleFrame(ETag ETag, int Length)
{
    public const int LongestHead = 1 + 64 + 4;

    /// <summary>More is on its way.</summary>
    public const byte Beat = 0;

    /// <summary>Writes the head; returns its length.</summary>
    public static int Write(Span<byte> into, ETag etag, int length)
    {
        var name = Encoding.ASCII.GetBytes(etag.Text, into[1..]);
        into[0] = (byte)name;
        BinaryPrimitives.WriteUInt32LittleEndian(into[(1 + name)..], (uint)length);
        return 1 + name + 4;
    }

    /// <summary>Bytes of a head that begins with this one; null when none does.</summary>
    public static int? LengthOfHead(byte first) => first is 40 or 64 ? 1 + first + 4 : null;

    /// <summary>Reads a whole head; null when it is none of a small blob.</summary>
    public static BundleFrame? Read(ReadOnlySequence<byte> head)
    {
        Span<byte> bytes = stackalloc byte[LongestHead];
        head.CopyTo(bytes);
        var name = (int)head.Length - 1 - 4;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(1 + name)..]);
        return length <= PeerProtocol.LargestBundled && ETag.TryParse(Encoding.ASCII.GetString(bytes.Slice(1, name)), out var etag) ? new(etag, (int)length) : null;
    }
}
