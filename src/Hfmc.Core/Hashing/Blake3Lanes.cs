using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hfmc.Core.Hashing;

readonly struct OneLane : IBlake3Lanes<uint>
{
    public static int Count => 1;

    public static uint All(uint word) => word;

    public static uint Add(uint a, uint b) => a + b;

    public static uint Xor(uint a, uint b) => a ^ b;

    public static uint Rotate16(uint a) => BitOperations.RotateRight(a, 16);

    public static uint Rotate12(uint a) => BitOperations.RotateRight(a, 12);

    public static uint Rotate8(uint a) => BitOperations.RotateRight(a, 8);

    public static uint Rotate7(uint a) => BitOperations.RotateRight(a, 7);

    public static uint ZipLow(uint a, uint b) => a;

    public static uint ZipHigh(uint a, uint b) => b;
}

readonly struct FourLanes : IBlake3Lanes<Vector128<uint>>
{
    public static int Count => 4;

    public static Vector128<uint> All(uint word) => Vector128.Create(word);

    public static Vector128<uint> Add(Vector128<uint> a, Vector128<uint> b) => a + b;

    public static Vector128<uint> Xor(Vector128<uint> a, Vector128<uint> b) => a ^ b;

    // Whole bytes move in one instruction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Rotate16(Vector128<uint> a) =>
        Vector128.Shuffle(a.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    public static Vector128<uint> Rotate12(Vector128<uint> a) => (a >>> 12) | (a << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Rotate8(Vector128<uint> a) =>
        Vector128.Shuffle(a.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    public static Vector128<uint> Rotate7(Vector128<uint> a) => (a >>> 7) | (a << 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        Take(Vector128.Shuffle(a, Vector128.Create(0u, 0, 1, 1)), Vector128.Shuffle(b, Vector128.Create(0u, 0, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        Take(Vector128.Shuffle(a, Vector128.Create(2u, 2, 3, 3)), Vector128.Shuffle(b, Vector128.Create(2u, 2, 3, 3)));

    static Vector128<uint> Take(Vector128<uint> even, Vector128<uint> odd) =>
        Vector128.ConditionalSelect(Vector128.Create(uint.MaxValue, 0, uint.MaxValue, 0), even, odd);
}

readonly struct EightLanes : IBlake3Lanes<Vector256<uint>>
{
    public static int Count => 8;

    public static Vector256<uint> All(uint word) => Vector256.Create(word);

    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Rotate16(Vector256<uint> a) => Avx2.Shuffle(a.AsByte(), Vector256.Create(
        (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    public static Vector256<uint> Rotate12(Vector256<uint> a) => (a >>> 12) | (a << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Rotate8(Vector256<uint> a) => Avx2.Shuffle(a.AsByte(), Vector256.Create(
        (byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    public static Vector256<uint> Rotate7(Vector256<uint> a) => (a >>> 7) | (a << 25);

    // The unpack of AVX2 works within each half, so the halves are put in order afterwards.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ZipLow(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.Permute2x128(Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b), 0x20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ZipHigh(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.Permute2x128(Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b), 0x31);
}

readonly struct SixteenLanes : IBlake3Lanes<Vector512<uint>>
{
    public static int Count => 16;

    public static Vector512<uint> All(uint word) => Vector512.Create(word);

    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Rotate16(Vector512<uint> a) => Avx512F.RotateRight(a, 16);

    public static Vector512<uint> Rotate12(Vector512<uint> a) => Avx512F.RotateRight(a, 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Rotate8(Vector512<uint> a) => Avx512F.RotateRight(a, 8);

    public static Vector512<uint> Rotate7(Vector512<uint> a) => Avx512F.RotateRight(a, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ZipLow(Vector512<uint> a, Vector512<uint> b) =>
        Avx512F.PermuteVar16x32x2(a, Vector512.Create(0u, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ZipHigh(Vector512<uint> a, Vector512<uint> b) =>
        Avx512F.PermuteVar16x32x2(a, Vector512.Create(8u, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b);
}
