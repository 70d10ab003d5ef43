using Hfmc.Core.Hashing;

namespace Hfmc.Core.Xet;

/// <summary>A piece of a file as its content cuts it. Length in bytes.</summary>
public readonly record struct Chunk(XetHash Hash, int Length)
{
    // The DATA_KEY of https://huggingface.co/docs/xet, "hashing".
    static readonly Blake3Key s_key = Blake3Key.Of(
        Convert.FromHexString("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229"));

    /// <summary>The chunk that consists of these bytes.</summary>
    public static Chunk Of(ReadOnlySpan<byte> bytes) => new(HashOf(bytes), bytes.Length);

    public static XetHash HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[XetHash.Length];
        Blake3.Hash(s_key, bytes, hash);
        return XetHash.Read(hash);
    }
}
