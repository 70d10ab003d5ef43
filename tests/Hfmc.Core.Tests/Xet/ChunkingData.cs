using System.Buffers.Binary;
using System.Text.Json;

namespace Hfmc.Core.Tests.Xet;

/// <summary>The inputs of the published chunking vectors, made as these say.</summary>
static class ChunkingData
{
    public static JsonElement Published { get; } = Vectors.Read("Xet", "xet-chunking.json");

    /// <summary>SplitMix64 from a seed.</summary>
    public static byte[] Random(int length, ulong seed = 0)
    {
        var bytes = new byte[length];
        Span<byte> next = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < length; i += sizeof(ulong))
        {
            var z = seed += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            BinaryPrimitives.WriteUInt64LittleEndian(next, z ^ (z >> 31));
            next[..Math.Min(sizeof(ulong), length - i)].CopyTo(bytes.AsSpan(i));
        }
        return bytes;
    }

    /// <summary>Bytes that meet the end of a chunk again and again.</summary>
    public static byte[] Trigger(int padding)
    {
        byte[] start = [.. Convert.FromHexString(Published.GetProperty("trigger_pattern").GetProperty("base_hex").GetString()!), .. new byte[padding]];
        var bytes = new byte[65536];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = start[i % start.Length];
        return bytes;
    }
}
