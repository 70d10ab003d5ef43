using System.Security.Cryptography;
using System.Text.Json;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;
using static Hfmc.Core.Tests.Xet.ChunkingData;

namespace Hfmc.Core.Tests.Xet;

public sealed class ChunkCutterTests
{
    const int Million = 1_000_000;

    static readonly JsonElement s_random = Published.GetProperty("generator_splitmix64");

    [Fact]
    public void The_published_random_data_is_cut_and_hashed_as_published()
    {
        var data = Random(Million);

        Assert.Equal(s_random.GetProperty("check").GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(data)));
        Assert.Equal(Numbers(s_random, "boundaries"), Cuts(data, ChunkRule.Current));
        var list = ChunkListBuilder.Of(data, ChunkRule.Current);
        Assert.Equal(
            s_random.GetProperty("chunk_hashes").EnumerateArray().Select(hash => hash.GetString()),
            Enumerable.Range(0, list.Count).Select(i => list[i].Hash.ToString()));
    }

    [Fact]
    public void Constant_data_is_cut_at_the_longest() =>
        Assert.Equal(Numbers(Published.GetProperty("constant_59"), "boundaries"), Cuts([.. Enumerable.Repeat((byte)59, Million)], ChunkRule.Current));

    [Fact]
    public void Each_rule_cuts_the_trigger_patterns_as_published() =>
        Assert.All(Published.GetProperty("trigger_cases").EnumerateArray(), vector =>
        {
            var data = Trigger(vector.GetProperty("padding").GetInt32());

            Assert.Equal(vector.GetProperty("byte_at_11111").GetInt32(), data[11111]);
            Assert.Equal(Numbers(vector, "boundaries"), Cuts(data, ChunkRule.Current));
            var older = vector.TryGetProperty("boundaries_without_min_check", out _) ? "boundaries_without_min_check" : "boundaries";
            Assert.Equal(Numbers(vector, older), Cuts(data, ChunkRule.Older));
        });

    [Fact]
    public void Slices_of_any_length_give_the_same_cuts() =>
        Seeds.Run(nameof(Slices_of_any_length_give_the_same_cuts), 40, random =>
        {
            var rule = (ChunkRule)random.Next(2);
            var data = random.Next(3) is 0 ? Trigger(random.Next(128)) : Random(random.Next(Million), (ulong)random.NextInt64());

            Assert.Equal(Cuts(data, rule), Cuts(data, rule, () => random.Next(1 << random.Next(1, 19))));
        });

    // As the specification says it: every byte of a chunk hashed, no byte skipped.
    [Fact]
    public void Skipping_bytes_changes_no_cut() =>
        Seeds.Run(nameof(Skipping_bytes_changes_no_cut), 10, random =>
        {
            var data = Random(random.Next(2 * Million), (ulong)random.NextInt64());
            var cuts = new List<int>();
            var (hash, start) = (0UL, 0);
            for (var i = 0; i < data.Length; i++)
            {
                hash = (hash << 1) + GearTable.Values[data[i]];
                var length = i + 1 - start;
                if ((length < 8192 || (hash & 0xFFFF000000000000) is not 0) && length < 131072)
                    continue;
                cuts.Add(i + 1);
                (hash, start) = (0, i + 1);
            }
            if (start < data.Length)
                cuts.Add(data.Length);

            Assert.Equal(cuts, Cuts(data, ChunkRule.Current));
        });

    static List<int> Cuts(ReadOnlySpan<byte> data, ChunkRule rule, Func<int>? slice = null)
    {
        var (cutter, cuts, at) = (new ChunkCutter(rule), new List<int>(), 0);
        while (at < data.Length)
        {
            var end = Math.Min(data.Length, at + (slice?.Invoke() ?? data.Length));
            while (cutter.TryCut(data[at..end], out var taken))
                cuts.Add(at += taken);
            at = end;
        }
        if (cutter.Length > 0)
            cuts.Add(data.Length);
        return cuts;
    }

    static IEnumerable<int> Numbers(JsonElement vector, string name) => vector.GetProperty(name).EnumerateArray().Select(number => number.GetInt32());
}
