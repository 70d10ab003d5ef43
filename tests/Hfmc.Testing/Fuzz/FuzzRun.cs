using System.Diagnostics;
using System.Globalization;

namespace Hfmc.Testing;

/// <summary>
/// Tries a parser with what a defect or a liar makes of right inputs, for a second, or as long as <c>HFMC_FUZZ_SECONDS</c> says. A failure
/// names its seed; <c>HFMC_TEST_SEED</c> replays only that one. How many inputs were tried is added to the file that <c>HFMC_FUZZ_REPORT</c> names.
/// </summary>
public static class FuzzRun
{
    public const string SecondsVariable = "HFMC_FUZZ_SECONDS", ReportVariable = "HFMC_FUZZ_REPORT";

    // A parser may copy its input a few times, and make objects of its parts.
    const long AllocatedAtLeast = 4 << 20, AllocatedOfEachByte = 1000;

    static readonly Lock s_report = new();

    /// <param name="name">Of the parser.</param>
    /// <param name="corpus">Right inputs, and wrong ones that once were a defect.</param>
    /// <param name="change">Makes another input of one.</param>
    /// <param name="parse">Throws when the parser did what it may not; what it may throw itself is caught there.</param>
    /// <param name="allocatedAtLeast">Bytes that it may take for the shortest input.</param>
    public static long Run(string name, IReadOnlyList<byte[]> corpus, Func<Random, byte[], byte[]> change, Action<byte[]> parse, long allocatedAtLeast = AllocatedAtLeast)
    {
        foreach (var right in corpus)
            parse(right);
        var (begun, tried) = (Stopwatch.GetTimestamp(), 0L);
        foreach (var seed in Seeds())
        {
            var random = new Random(seed);
            var input = corpus[random.Next(corpus.Count)];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                input = change(random, input);
            Try(name, seed, input, parse, allocatedAtLeast);
            tried++;
            if (Stopwatch.GetElapsedTime(begun).TotalSeconds > Seconds)
                break;
        }
        Report(name, tried);
        return tried;
    }

    static double Seconds => double.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), CultureInfo.InvariantCulture, out var seconds) ? seconds : 1;

    static void Try(string name, int seed, byte[] input, Action<byte[]> parse, long allocatedAtLeast)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            parse(input);
        }
        catch (Exception error)
        {
            throw new SeedFailedException(name, seed, error);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > allocatedAtLeast + (AllocatedOfEachByte * input.Length))
            throw new SeedFailedException(name, seed, new InvalidOperationException($"{allocated} bytes were allocated for an input of {input.Length}"));
    }

    static IEnumerable<int> Seeds()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(Testing.Seeds.Variable), out var replayed))
        {
            yield return replayed;
            yield break;
        }
        while (true)
            yield return Random.Shared.Next();
    }

    static void Report(string name, long tried)
    {
        if (Environment.GetEnvironmentVariable(ReportVariable) is { Length: > 0 } file)
            lock (s_report)
                File.AppendAllText(file, $"{tried}\t{name}\n");
    }
}
