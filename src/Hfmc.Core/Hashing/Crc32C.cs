using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Hashing;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), on the processor's own instruction: a checksum for our journals, not a proof.</summary>
public static class Crc32C
{
    // Reflected: the highest bit is the coefficient of x^0.
    const uint Polynomial = 0x82F63B78, One = 1u << 31, X8 = One >> 8;

    // Below this, joining the stripes costs more than they save.
    const int LeastStriped = 64 << 10;

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of bytes that have this one, and of those that follow them.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var crc = ~checksum;
        if (bytes.Length >= LeastStriped)
        {
            var stripe = bytes.Length / 3 / sizeof(ulong) * sizeof(ulong);
            crc = Striped(crc, MemoryMarshal.Cast<byte, ulong>(bytes[..(3 * stripe)]), PowerOfX8(stripe));
            bytes = bytes[(3 * stripe)..];
        }
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    // The instruction takes three cycles and one can start in each: three stripes side by side keep it busy. Then each is moved on
    // past the bytes of the next one, which is a multiplication by a power of x.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static uint Striped(uint crc, ReadOnlySpan<ulong> words, uint pastOne)
    {
        var length = words.Length / 3;
        var first = words[..length];
        var second = words.Slice(length, length);
        var third = words.Slice(2 * length, length);
        var (one, two, three) = (crc, 0u, 0u);
        for (var i = 0; i < length; i++)
        {
            one = BitOperations.Crc32C(one, first[i]);
            two = BitOperations.Crc32C(two, second[i]);
            three = BitOperations.Crc32C(three, third[i]);
        }
        return Product(Product(one, pastOne) ^ two, pastOne) ^ three;
    }

    static uint PowerOfX8(int exponent)
    {
        var power = One;
        for (var square = X8; exponent > 0; exponent >>= 1, square = Product(square, square))
            if ((exponent & 1) != 0)
                power = Product(power, square);
        return power;
    }

    // Of two polynomials over GF(2), modulo the CRC's.
    static uint Product(uint left, uint right)
    {
        var product = 0u;
        for (; left != 0; left <<= 1)
        {
            if ((left & One) != 0)
                product ^= right;
            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }
        return product;
    }
}
