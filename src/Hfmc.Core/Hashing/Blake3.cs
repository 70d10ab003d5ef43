using System.Numerics;

namespace Hfmc.Core.Hashing;

/// <summary>
/// BLAKE3 with 32 bytes of output, plain or keyed (https://github.com/BLAKE3-team/BLAKE3-specs), fed in order in pieces of any length.
/// Not for several threads at once. Short inputs are faster through <see cref="Hash(Blake3Key, ReadOnlySpan{byte}, Span{byte})"/>.
/// </summary>
public sealed class Blake3
{
    /// <summary>In bytes.</summary>
    public const int HashLength = 32;

    // The unit of the incremental hash: a subtree of 64 leaves, reduced once it is known not to be the end.
    const int SubtreeLeaves = 64, SubtreeLength = SubtreeLeaves * Blake3Tree.LeafLength;

    // 2^64 bytes are 2^48 subtrees, and one hash waits for each bit of their count.
    const int MostWaiting = 49;

    readonly Blake3Key _key;
    readonly Blake3Path _path;
    readonly byte[] _pending = new byte[SubtreeLength];
    readonly byte[] _waiting = new byte[MostWaiting * HashLength];
    int _held;
    ulong _subtrees;

    public Blake3(Blake3Key key)
        : this(key, Blake3Paths.Best)
    {
    }

    internal Blake3(Blake3Key key, Blake3Path path) => (_key, _path) = (key, path);

    /// <summary>The hash of bytes that are all here; <paramref name="hash"/> has 32 bytes.</summary>
    public static void Hash(Blake3Key key, ReadOnlySpan<byte> bytes, Span<byte> hash) => Hash(key, Blake3Paths.Best, bytes, hash);

    internal static void Hash(Blake3Key key, Blake3Path path, ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        if (bytes.Length <= Blake3Tree.MostLeaves * Blake3Tree.LeafLength)
        {
            new Blake3Tree(key, path).Reduce(bytes, 0, isRoot: true, hash);
            return;
        }
        var whole = new Blake3(key, path);
        whole.Append(bytes);
        whole.Finish(hash);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_held is SubtreeLength)
            {
                Complete(_pending);
                _held = 0;
            }
            if (_held is 0 && bytes.Length > SubtreeLength)
            {
                Complete(bytes[..SubtreeLength]);
                bytes = bytes[SubtreeLength..];
                continue;
            }
            var taken = Math.Min(bytes.Length, SubtreeLength - _held);
            bytes[..taken].CopyTo(_pending.AsSpan(_held));
            _held += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Writes the 32 bytes, and begins anew with the same key.</summary>
    public void Finish(Span<byte> hash)
    {
        var tree = new Blake3Tree(_key, _path);
        var waiting = BitOperations.PopCount(_subtrees);
        // The last hash takes its place behind those that wait for it.
        Span<byte> pair = stackalloc byte[2 * HashLength];
        tree.Reduce(_pending.AsSpan(0, _held), _subtrees * SubtreeLeaves, isRoot: waiting is 0, pair[HashLength..]);
        while (waiting > 0)
        {
            Waiting(--waiting).CopyTo(pair);
            tree.Parent(pair, waiting is 0 ? Blake3Flags.Root : Blake3Flags.None, pair[HashLength..]);
        }
        pair[HashLength..].CopyTo(hash);
        (_held, _subtrees) = (0, 0);
    }

    // Two subtrees of equal size make a larger one: one merge for each bit that the count carries.
    void Complete(ReadOnlySpan<byte> subtree)
    {
        var tree = new Blake3Tree(_key, _path);
        var waiting = BitOperations.PopCount(_subtrees);
        tree.Reduce(subtree, _subtrees * SubtreeLeaves, isRoot: false, Waiting(waiting));
        _subtrees++;
        for (var merges = BitOperations.TrailingZeroCount(_subtrees); merges > 0; merges--, waiting--)
            tree.Parent(_waiting.AsSpan((waiting - 1) * HashLength), Blake3Flags.None, Waiting(waiting - 1));
    }

    Span<byte> Waiting(int place) => _waiting.AsSpan(place * HashLength, HashLength);
}
