using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Hashing;

/// <summary>What one run of the kernel compresses: as many inputs as it has lanes, each the same distance from the one before.</summary>
/// <param name="Stride">Bytes from one input to the next.</param>
/// <param name="Blocks">Of 64 bytes, in each input.</param>
/// <param name="Counter">Of the first input.</param>
/// <param name="CounterStep">1 for leaves, 0 for parents.</param>
/// <param name="First">Flags for the first block of each input, beside <paramref name="Every"/>.</param>
/// <param name="Last">Flags for its last block.</param>
readonly record struct Blake3Job(int Stride, int Blocks, ulong Counter, uint CounterStep, Blake3Flags Every, Blake3Flags First, Blake3Flags Last);

/// <summary>
/// The BLAKE3 compression of several inputs side by side, a lane for each (section 5.3). Written from the specification
/// (BLAKE3: one function, fast everywhere; 2020, sections 2.2 and 5.3), for little-endian machines. Compiled at first use, for the
/// processor that is there: code compiled ahead knows no vectors wider than the least processor's.
/// </summary>
static class Blake3Kernel<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, IBlake3Lanes<TVector>
{
    public const int BlockLength = 64;

    const int Rounds = 7, MessageWords = 16, HashWords = 8;

    // Vectors that lie across two cache lines cost a tenth of the speed.
    const int Alignment = 64;

    /// <summary>
    /// Compresses the whole blocks of all inputs from <paramref name="input"/> on, and writes their hashes one after another to
    /// <paramref name="output"/>. Nothing is checked: both must be long enough for all lanes.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Run(ReadOnlySpan<uint> key, in Blake3Job job, ref byte input, ref byte output)
    {
        var memory = stackalloc byte[((2 * MessageWords) + HashWords + 2) * sizeof(TVector) + Alignment];
        var message = (TVector*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
        var hash = message + (2 * MessageWords);
        var counter = hash + HashWords;
        for (var i = 0; i < HashWords; i++)
            hash[i] = TLanes.All(key[i]);
        for (var lane = 0u; lane < TLanes.Count; lane++)
        {
            var own = job.Counter + (lane * job.CounterStep);
            (((uint*)counter)[lane], ((uint*)(counter + 1))[lane]) = ((uint)own, (uint)(own >> 32));
        }

        for (var block = 0; block < job.Blocks; block++)
        {
            Load(ref Unsafe.Add(ref input, block * BlockLength), job.Stride, message);
            var flags = job.Every | (block is 0 ? job.First : Blake3Flags.None) | (block == job.Blocks - 1 ? job.Last : Blake3Flags.None);
            Compress(hash, message, counter, BlockLength, flags);
        }

        // Eight vectors with a word of each hash become hashes one after another.
        Zip(hash, message, HashWords);
        Zip(message, hash, HashWords);
        Zip(hash, message, HashWords);
        Unsafe.CopyBlockUnaligned(ref output, ref *(byte*)message, (uint)(HashWords * sizeof(TVector)));
    }

    /// <summary>Replaces the eight words of <paramref name="hash"/> by those after one more block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Compress(TVector* hash, TVector* message, TVector* counter, uint length, Blake3Flags flags)
    {
        var (v0, v1, v2, v3) = (hash[0], hash[1], hash[2], hash[3]);
        var (v4, v5, v6, v7) = (hash[4], hash[5], hash[6], hash[7]);
        var initial = Blake3Key.InitialWords;
        var (v8, v9, v10, v11) = (TLanes.All(initial[0]), TLanes.All(initial[1]), TLanes.All(initial[2]), TLanes.All(initial[3]));
        var (v12, v13, v14, v15) = (counter[0], counter[1], TLanes.All(length), TLanes.All((uint)flags));
        ref var word = ref MemoryMarshal.GetReference(Blake3Schedule.Words);
        for (var round = 0; round < Rounds; round++)
        {
            Mix(ref v0, ref v4, ref v8, ref v12, message[word], message[Unsafe.Add(ref word, 1)]);
            Mix(ref v1, ref v5, ref v9, ref v13, message[Unsafe.Add(ref word, 2)], message[Unsafe.Add(ref word, 3)]);
            Mix(ref v2, ref v6, ref v10, ref v14, message[Unsafe.Add(ref word, 4)], message[Unsafe.Add(ref word, 5)]);
            Mix(ref v3, ref v7, ref v11, ref v15, message[Unsafe.Add(ref word, 6)], message[Unsafe.Add(ref word, 7)]);
            Mix(ref v0, ref v5, ref v10, ref v15, message[Unsafe.Add(ref word, 8)], message[Unsafe.Add(ref word, 9)]);
            Mix(ref v1, ref v6, ref v11, ref v12, message[Unsafe.Add(ref word, 10)], message[Unsafe.Add(ref word, 11)]);
            Mix(ref v2, ref v7, ref v8, ref v13, message[Unsafe.Add(ref word, 12)], message[Unsafe.Add(ref word, 13)]);
            Mix(ref v3, ref v4, ref v9, ref v14, message[Unsafe.Add(ref word, 14)], message[Unsafe.Add(ref word, 15)]);
            word = ref Unsafe.Add(ref word, MessageWords);
        }

        (hash[0], hash[1], hash[2], hash[3]) = (TLanes.Xor(v0, v8), TLanes.Xor(v1, v9), TLanes.Xor(v2, v10), TLanes.Xor(v3, v11));
        (hash[4], hash[5], hash[6], hash[7]) = (TLanes.Xor(v4, v12), TLanes.Xor(v5, v13), TLanes.Xor(v6, v14), TLanes.Xor(v7, v15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Mix(ref TVector a, ref TVector b, ref TVector c, ref TVector d, TVector x, TVector y)
    {
        a = TLanes.Add(TLanes.Add(a, x), b);
        d = TLanes.Rotate16(TLanes.Xor(d, a));
        c = TLanes.Add(c, d);
        b = TLanes.Rotate12(TLanes.Xor(b, c));
        a = TLanes.Add(TLanes.Add(a, y), b);
        d = TLanes.Rotate8(TLanes.Xor(d, a));
        c = TLanes.Add(c, d);
        b = TLanes.Rotate7(TLanes.Xor(b, c));
    }

    // Sixteen words of each input, input by input, become sixteen vectors with a word of each input.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void Load(ref byte input, int stride, TVector* message)
    {
        var spare = message + MessageWords;
        var zips = BitOperations.Log2((uint)TLanes.Count);
        var vectors = MessageWords / TLanes.Count;
        // From one half of the memory to the other and back, so that the last zip ends in the message.
        var from = int.IsEvenInteger(zips) ? message : spare;
        var to = int.IsEvenInteger(zips) ? spare : message;
        for (var lane = 0; lane < TLanes.Count; lane++)
            for (var i = 0; i < vectors; i++)
                from[(lane * vectors) + i] = Unsafe.ReadUnaligned<TVector>(ref Unsafe.Add(ref input, (lane * stride) + (i * sizeof(TVector))));
        for (; zips > 0; zips--)
        {
            Zip(from, to, MessageWords);
            var done = to;
            to = from;
            from = done;
        }
    }

    // The first half of the words and the second in turn, as one shuffles cards. Repeated, it turns rows into columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static unsafe void Zip(TVector* from, TVector* to, int vectors)
    {
        for (var i = 0; i < vectors / 2; i++)
        {
            var (a, b) = (from[i], from[i + (vectors / 2)]);
            to[2 * i] = TLanes.ZipLow(a, b);
            to[(2 * i) + 1] = TLanes.ZipHigh(a, b);
        }
    }
}
