using System.Buffers.Binary;

namespace Hfmc.Core.Hashing;

/// <summary>What a BLAKE3 hash begins from: the fixed words of plain hashing, or a key of 32 bytes. Immutable; read once, used often.</summary>
public sealed class Blake3Key
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    readonly uint[] _words;

    Blake3Key(uint[] words, Blake3Flags flags) => (_words, Flags) = (words, flags);

    /// <summary>Plain hashing.</summary>
    public static Blake3Key None { get; } = new([.. InitialWords], Blake3Flags.None);

    // BLAKE3 section 2.2, table 1; the same as in SHA-256.
    internal static ReadOnlySpan<uint> InitialWords =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    internal Blake3Flags Flags { get; }

    internal ReadOnlySpan<uint> Words => _words;

    /// <summary>Keyed hashing. Any 32 bytes are a key; an <see cref="ArgumentException"/> for another length.</summary>
    public static Blake3Key Of(ReadOnlySpan<byte> key)
    {
        if (key.Length is not Length)
            throw new ArgumentException($"a key has {Length} bytes", nameof(key));
        var words = new uint[Length / sizeof(uint)];
        for (var i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);
        return new(words, Blake3Flags.KeyedHash);
    }
}

/// <summary>What a compression is for (BLAKE3 section 2.2, table 3).</summary>
[Flags]
enum Blake3Flags : uint
{
    None = 0,
    ChunkStart = 1,
    ChunkEnd = 2,
    Parent = 4,
    Root = 8,
    KeyedHash = 16,
}
