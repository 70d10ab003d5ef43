using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hfmc.Core.Hashing;

/// <summary>
/// The hash of a part of the BLAKE3 tree (section 2.1): leaves of 1 KiB, and parents over two hashes each. Leaves and parents of
/// one level are compressed side by side.
/// </summary>
readonly ref struct Blake3Tree(Blake3Key key, Blake3Path path)
{
    public const int LeafLength = 1024;

    /// <summary>Of one subtree; what is kept of it meanwhile lies on the stack.</summary>
    public const int MostLeaves = 128;

    const Blake3Flags None = Blake3Flags.None;

    const int HashLength = 32, BlockLength = Blake3Kernel<uint, OneLane>.BlockLength, MostLanes = 16;

    readonly Blake3Key _key = key;
    readonly Blake3Path _path = path;

    /// <summary>
    /// Hashes up to 128 KiB. The subtree begins at leaf <paramref name="firstLeaf"/>; unless it is the root, that many leaves divide by
    /// its own rounded up to a power of two.
    /// </summary>
    [SkipLocalsInit]
    public void Reduce(ReadOnlySpan<byte> input, ulong firstLeaf, bool isRoot, Span<byte> hash)
    {
        var root = isRoot ? Blake3Flags.Root : None;
        if (input.Length <= LeafLength)
        {
            Leaf(input, firstLeaf, root, hash);
            return;
        }

        // Room for the lanes that a run computes beyond the last parent.
        Span<byte> level = stackalloc byte[(MostLeaves + (2 * MostLanes)) * HashLength];
        Span<byte> next = stackalloc byte[(MostLeaves + (2 * MostLanes)) * HashLength];
        var count = input.Length / LeafLength;
        Leaves(input, count, firstLeaf, level);
        if (input[(count * LeafLength)..] is { IsEmpty: false } rest)
            Leaf(rest, firstLeaf + (ulong)count, None, level[(count++ * HashLength)..]);

        while (count > 2)
        {
            Parents(level, count / 2, next);
            if (int.IsOddInteger(count))
                level.Slice((count - 1) * HashLength, HashLength).CopyTo(next[(count / 2 * HashLength)..]);
            count = (count + 1) / 2;
            var done = level;
            level = next;
            next = done;
        }
        Parent(level, root, hash);
    }

    /// <summary>The hash over two, which lie one after the other.</summary>
    public void Parent(ReadOnlySpan<byte> children, Blake3Flags root, Span<byte> hash) =>
        Run<uint, OneLane>(children[..BlockLength], hash[..HashLength], ParentJob(root));

    void Parents(ReadOnlySpan<byte> children, int count, Span<byte> hashes)
    {
        for (var done = 0; done < count;)
        {
            var from = children[(2 * done * HashLength)..];
            var to = hashes[(done * HashLength)..];
            // Lanes to spare cost nothing; alone, a parent is as fast without lanes.
            done += count - done <= 2 ? Run<uint, OneLane>(from, to, ParentJob(None)) : _path switch
            {
                Blake3Path.Avx512 => Run<Vector512<uint>, SixteenLanes>(from, to, ParentJob(None)),
                Blake3Path.Avx2 => Run<Vector256<uint>, EightLanes>(from, to, ParentJob(None)),
                Blake3Path.Vector128 => Run<Vector128<uint>, FourLanes>(from, to, ParentJob(None)),
                _ => Run<uint, OneLane>(from, to, ParentJob(None)),
            };
        }
    }

    void Leaves(ReadOnlySpan<byte> input, int count, ulong firstLeaf, Span<byte> hashes)
    {
        for (var done = 0; done < count;)
        {
            var lanes = LanesFor(count);
            // The last run begins early enough to be full: to hash a leaf twice costs nothing, a run with fewer lanes as much as a full one.
            var start = Math.Min(done, count - lanes);
            var from = input[(start * LeafLength)..];
            var to = hashes[(start * HashLength)..];
            var job = LeafJob(LeafLength / BlockLength, firstLeaf + (ulong)start, Blake3Flags.ChunkEnd);
            done = start + lanes switch
            {
                16 => Run<Vector512<uint>, SixteenLanes>(from, to, job),
                8 => Run<Vector256<uint>, EightLanes>(from, to, job),
                4 => Run<Vector128<uint>, FourLanes>(from, to, job),
                _ => Run<uint, OneLane>(from, to, job),
            };
        }
    }

    int LanesFor(int leaves) => _path switch
    {
        >= Blake3Path.Avx512 when leaves >= 16 => 16,
        >= Blake3Path.Avx2 when leaves >= 8 => 8,
        >= Blake3Path.Vector128 when leaves >= 4 => 4,
        _ => 1,
    };

    // A leaf of any length up to 1 KiB: whole blocks, then the last one, filled up with zeros.
    unsafe void Leaf(ReadOnlySpan<byte> input, ulong index, Blake3Flags root, Span<byte> hash)
    {
        var whole = input.Length is 0 ? 0 : (input.Length - 1) / BlockLength;
        var words = stackalloc uint[HashLength / sizeof(uint)];
        var text = new Span<byte>(words, HashLength);
        if (whole > 0)
            Run<uint, OneLane>(input, text, LeafJob(whole, index, None));
        else
            MemoryMarshal.AsBytes(_key.Words).CopyTo(text);

        var rest = input[(whole * BlockLength)..];
        var last = stackalloc uint[BlockLength / sizeof(uint)];
        new Span<byte>(last, BlockLength).Clear();
        rest.CopyTo(new(last, BlockLength));
        var counter = stackalloc uint[] { (uint)index, (uint)(index >> 32) };
        var flags = _key.Flags | Blake3Flags.ChunkEnd | root | (whole is 0 ? Blake3Flags.ChunkStart : None);
        Blake3Kernel<uint, OneLane>.Compress(words, last, counter, (uint)rest.Length, flags);
        text.CopyTo(hash);
    }

    Blake3Job LeafJob(int blocks, ulong counter, Blake3Flags last) =>
        new(LeafLength, blocks, counter, 1, _key.Flags, Blake3Flags.ChunkStart, last);

    Blake3Job ParentJob(Blake3Flags root) => new(BlockLength, 1, 0, 0, _key.Flags | Blake3Flags.Parent | root, None, None);

    // The one door to the kernel, which checks nothing.
    int Run<TVector, TLanes>(ReadOnlySpan<byte> input, Span<byte> output, in Blake3Job job)
        where TVector : unmanaged
        where TLanes : struct, IBlake3Lanes<TVector>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, ((TLanes.Count - 1) * job.Stride) + (job.Blocks * BlockLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, TLanes.Count * HashLength);
        ref var from = ref MemoryMarshal.GetReference(input);
        ref var to = ref MemoryMarshal.GetReference(output);
        if (NativeLanes.AreLinked && TLanes.Count >= 8)
            NativeLanes.Run(TLanes.Count, _key.Words, job, ref from, ref to);
        else
            Blake3Kernel<TVector, TLanes>.Run(_key.Words, job, ref from, ref to);
        return TLanes.Count;
    }
}
