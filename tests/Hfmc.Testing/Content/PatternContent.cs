using System.Buffers.Binary;
using System.Collections.Concurrent;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>
/// Pseudo-random content of any size that is never in memory as a whole: a random block, repeated, with the number of the
/// page stamped over the first 8 bytes of every 4096, so that no two pages are equal and a misplaced piece changes the digest.
/// </summary>
public sealed class PatternContent : FileContent
{
    // A prime just above 1 MiB: a piece that is off by a power of two shows different bytes.
    const int BlockLength = (1 << 20) + 7, PageLength = 4096, StampLength = sizeof(ulong);

    static readonly ConcurrentDictionary<int, byte[]> Blocks = new();
    static readonly ConcurrentDictionary<(int Seed, long Size), Lazy<ETag>> Digests = new();

    readonly int _seed;
    readonly byte[] _block;

    public PatternContent(long size, int seed = 1) : base(size)
    {
        _seed = seed;
        _block = Blocks.GetOrAdd(seed % 4, RandomBlock);
    }

    public override void Read(long offset, Span<byte> destination)
    {
        for (var done = 0; done < destination.Length;)
        {
            var from = (int)((offset + done) % BlockLength);
            var length = Math.Min(BlockLength - from, destination.Length - done);
            _block.AsSpan(from, length).CopyTo(destination[done..]);
            done += length;
        }

        Span<byte> stamp = stackalloc byte[StampLength];
        for (var page = offset / PageLength; page * PageLength < offset + destination.Length; page++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(stamp, Mixed((ulong)page, (ulong)_seed));
            Stamp(stamp, page * PageLength - offset, destination);
        }
    }

    private protected override ETag ComputeSha256() =>
        Digests.GetOrAdd((_seed, Size), _ => new(base.ComputeSha256)).Value;

    static void Stamp(ReadOnlySpan<byte> stamp, long at, Span<byte> destination)
    {
        var skipped = (int)Math.Max(0, -at);
        if (skipped >= stamp.Length)
            return;
        stamp = stamp[skipped..];
        var start = (int)Math.Max(0, at);
        stamp[..Math.Min(stamp.Length, destination.Length - start)].CopyTo(destination[start..]);
    }

    // The finaliser of splitmix64: neighbouring pages get unlike stamps.
    static ulong Mixed(ulong page, ulong seed)
    {
        var z = page + seed * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    static byte[] RandomBlock(int seed)
    {
        var block = new byte[BlockLength];
        new Random(seed).NextBytes(block);
        return block;
    }
}
