using System.Buffers.Text;
using Hfmc.Core.Hashing;

namespace Hfmc.Core.Xet;

/// <summary>A chunk, or what stands for several: the hash over theirs and the sum of their lengths, in bytes.</summary>
public readonly record struct MerkleNode(XetHash Hash, long Length);

/// <summary>
/// The hash over all chunks of a xorb or a file (https://huggingface.co/docs/xet, "hashing"). The hashes themselves say which nodes
/// come together, so that a change in one place leaves most of the tree as it was.
/// </summary>
public static class MerkleTree
{
    const int SmallestGroup = 3, LargestGroup = 9;

    const ulong Branching = 4;

    // A hash, " : ", the digits of a length, and a newline.
    const int LongestLine = XetHash.TextLength + 3 + 19 + 1;

    // The INTERNAL_NODE_KEY, and the zero salt of a file's id.
    static readonly Blake3Key
        s_nodeKey = Blake3Key.Of(Convert.FromHexString("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")),
        s_fileKey = Blake3Key.Of(new byte[Blake3Key.Length]);

    /// <summary>What names a xorb: zeros for no chunk, the chunk's own hash for one.</summary>
    public static XetHash Root(IReadOnlyCollection<MerkleNode> chunks)
    {
        var level = chunks.ToArray();
        var count = level.Length;
        while (count > 1)
            count = Rise(level, count);
        return count is 0 ? default : level[0].Hash;
    }

    /// <summary>What the Hub publishes as the Xet id of a file with these chunks: its root, hashed once more; zeros for an empty file.</summary>
    public static XetHash FileId(IReadOnlyCollection<MerkleNode> chunks) => chunks.Count is 0 ? default : Salt(Root(chunks));

    static XetHash Salt(XetHash root)
    {
        Span<byte> raw = stackalloc byte[XetHash.Length];
        root.Write(raw);
        return Keyed(s_fileKey, raw);
    }

    // The next level takes the place of this one; a node is never written before those it stands for were read.
    static int Rise(MerkleNode[] level, int count)
    {
        var risen = 0;
        for (var at = 0; at < count;)
        {
            var group = level.AsSpan(at, GroupLength(level.AsSpan(at, count - at)));
            level[risen++] = Parent(group);
            at += group.Length;
        }
        return risen;
    }

    // A group ends after the first hash that divides by four, but not before three nodes, and after nine. A single node that is left is hashed again.
    static int GroupLength(ReadOnlySpan<MerkleNode> rest)
    {
        var most = Math.Min(rest.Length, LargestGroup);
        for (var length = SmallestGroup; length < most; length++)
            if (rest[length - 1].Hash.Modulo(Branching) is 0)
                return length;
        return most;
    }

    static MerkleNode Parent(ReadOnlySpan<MerkleNode> children)
    {
        Span<byte> text = stackalloc byte[LargestGroup * LongestLine];
        var (end, sum) = (0, 0L);
        foreach (var child in children)
        {
            child.Hash.WriteText(text[end..]);
            end += XetHash.TextLength;
            " : "u8.CopyTo(text[end..]);
            end += " : "u8.Length;
            Utf8Formatter.TryFormat(child.Length, text[end..], out var digits);
            end += digits;
            text[end++] = (byte)'\n';
            sum += child.Length;
        }
        return new(Keyed(s_nodeKey, text[..end]), sum);
    }

    static XetHash Keyed(Blake3Key key, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[XetHash.Length];
        Blake3.Hash(key, bytes, hash);
        return XetHash.Read(hash);
    }
}
