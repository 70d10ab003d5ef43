using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Hashing;

/// <summary>
/// The wide kernels in C (src/native), which are part of a program that is compiled to machine code: its own vectors are those of the
/// least processor. Elsewhere <see cref="Blake3Kernel{TVector, TLanes}"/> is compiled at run time and they are not linked.
/// </summary>
static unsafe partial class NativeLanes
{
    /// <summary>Known when the program is compiled (src/native.targets).</summary>
    [FeatureSwitchDefinition("Hfmc.NativeLanes")]
    public static bool AreLinked => AppContext.TryGetSwitch("Hfmc.NativeLanes", out var linked) && linked;

    /// <summary>The most that this processor can: 16, 8, or 0.</summary>
    public static int Count { get; } = AreLinked ? Widest() : 0;

    /// <summary>What <see cref="Blake3Kernel{TVector, TLanes}.Run"/> does, with 8 or 16 lanes.</summary>
    public static void Run(int lanes, ReadOnlySpan<uint> key, in Blake3Job job, ref byte input, ref byte output)
    {
        var (every, first, last) = ((uint)job.Every, (uint)job.First, (uint)job.Last);
        fixed (uint* words = key)
        fixed (byte* from = &input, to = &output)
        {
            if (lanes is 16)
                Run16(words, from, (nuint)job.Stride, (uint)job.Blocks, job.Counter, job.CounterStep, every, first, last, to);
            else
                Run8(words, from, (nuint)job.Stride, (uint)job.Blocks, job.Counter, job.CounterStep, every, first, last, to);
        }
    }

    [LibraryImport("hfmc_lanes", EntryPoint = "hfmc_blake3_widest")]
    internal static partial int Widest();

    [LibraryImport("hfmc_lanes", EntryPoint = "hfmc_blake3_lanes8")]
    private static partial void Run8(
        uint* key, byte* input, nuint stride, uint blocks, ulong counter, uint counterStep, uint every, uint first, uint last, byte* output);

    [LibraryImport("hfmc_lanes", EntryPoint = "hfmc_blake3_lanes16")]
    private static partial void Run16(
        uint* key, byte* input, nuint stride, uint blocks, ulong counter, uint counterStep, uint every, uint first, uint last, byte* output);
}
