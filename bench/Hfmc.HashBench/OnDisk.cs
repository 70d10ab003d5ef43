using System.Diagnostics;
using Hfmc.Core.Hashing;
using Hfmc.Core.Xet;

namespace Hfmc.HashBench;

/// <summary>
/// What the work on a whole file costs, once everything is compiled: prints lines of name, processor seconds and seconds, separated by tabs.
/// </summary>
static class OnDisk
{
    const int Step = 1 << 20;

    public static void Run(string path)
    {
        Measure("blake3", path, Hash);
        Measure("list", path, file => ChunkListMaker.Make(file, null, CancellationToken.None).FileId.ToString());
    }

    static void Measure(string name, string path, Func<string, string> work)
    {
        var first = work(path);
        var (processor, begun) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var second = work(path);
        var (took, used) = (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - processor);
        Console.WriteLine($"{name}\t{used.TotalSeconds:F3}\t{took.TotalSeconds:F3}\t{(first == second ? second : "the two runs disagree")}");
    }

    static string Hash(string path)
    {
        using var file = File.OpenHandle(path);
        var (hash, buffer) = (new Blake3(Blake3Key.None), new byte[Step]);
        for (long offset = 0; RandomAccess.Read(file, buffer, offset) is var read and > 0; offset += read)
            hash.Append(buffer.AsSpan(0, read));
        hash.Finish(buffer);
        return Convert.ToHexStringLower(buffer.AsSpan(0, Blake3.HashLength));
    }
}
