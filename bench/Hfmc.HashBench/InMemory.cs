using System.Diagnostics;
using System.Security.Cryptography;
using Hfmc.Core.Hashing;
using Hfmc.Core.Xet;

namespace Hfmc.HashBench;

/// <summary>Speed over 1 MiB that stays in the processor's cache, the best of many short runs: prints lines of name, a tab, and GB/s.</summary>
static class InMemory
{
    const int Runs = 300, ChunkLength = 64 << 10;

    static readonly byte[] s_bytes = RandomBytes(1 << 20);

    public static void Run()
    {
        var key = Blake3Key.Of(new byte[Blake3Key.Length]);
        var hash = new byte[Blake3.HashLength];
        foreach (var path in Blake3Paths.All)
        {
            Print($"{path}, chunks of 64 KiB, keyed", bytes =>
            {
                for (; !bytes.IsEmpty; bytes = bytes[ChunkLength..])
                    Blake3.Hash(key, path, bytes[..ChunkLength], hash);
            });
            Print($"{path}, 1 MiB", bytes => Blake3.Hash(Blake3Key.None, path, bytes, hash));
        }

        Print("cuts", bytes =>
        {
            var cutter = new ChunkCutter(ChunkRule.Current);
            while (cutter.TryCut(bytes, out var taken))
                bytes = bytes[taken..];
        });
        Print("cuts and hashes", bytes => ChunkListBuilder.Of(bytes, ChunkRule.Current));
        Print("CRC-32C", bytes => Crc32C.Compute(bytes));
        Print("SHA-256", bytes => SHA256.HashData(bytes, hash));
    }

    static void Print(string name, SpanAction work)
    {
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var begun = Stopwatch.GetTimestamp();
            work(s_bytes);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
        }
        Console.WriteLine($"{name}\t{s_bytes.Length / best.TotalSeconds / 1e9:F2}");
    }

    static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    delegate void SpanAction(ReadOnlySpan<byte> bytes);
}
