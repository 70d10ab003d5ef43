using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class RangeSetTests
{
    const int Size = 64;

    [Fact]
    public void A_set_of_ranges_behaves_as_one_flag_per_byte() =>
        Seeds.Run(nameof(A_set_of_ranges_behaves_as_one_flag_per_byte), 300, random =>
        {
            var (set, flags) = (new RangeSet(), new bool[Size]);
            for (var step = 0; step < 40; step++)
            {
                if (random.Next(25) is 0)
                {
                    set.Clear();
                    Array.Clear(flags);
                }

                var range = RandomRange(random);
                set.Add(range);
                for (var at = range.Start; at < range.End; at++)
                    flags[at] = true;

                AssertSame(flags, set);
                AssertSame(flags, set, RandomRange(random));
                if (random.Next(3) is 0)
                {
                    var removed = RandomRange(random);
                    set.Remove(removed);
                    for (var at = removed.Start; at < removed.End; at++)
                        flags[at] = false;
                    AssertSame(flags, set);
                }
            }
        });

    static void AssertSame(bool[] flags, RangeSet set)
    {
        Assert.Equal(flags.Count(held => held), set.Length);
        Assert.Equal(Array.IndexOf(flags, false) is var first and >= 0 ? first : Size, set.Prefix);
        Assert.Equal(flags, Flags(set.Ranges));
        Assert.All(set.Ranges.Zip(set.Ranges.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Start, "ranges touch or are out of order"));
    }

    static void AssertSame(bool[] flags, RangeSet set, ByteRange window)
    {
        var gaps = set.Gaps(window).ToList();
        var inWindow = Enumerable.Range(0, Size).Select(at => at >= window.Start && at < window.End && !flags[at]).ToArray();
        Assert.Equal(inWindow, Flags(gaps));
        Assert.All(gaps, gap => Assert.False(gap.IsEmpty));
        var covered = set.Within(window).ToList();
        Assert.Equal(Enumerable.Range(0, Size).Select(at => at >= window.Start && at < window.End && flags[at]), Flags(covered));
        Assert.All(covered, part => Assert.False(part.IsEmpty));
        Assert.Equal(gaps.Count is 0, set.Contains(window));
    }

    static bool[] Flags(IEnumerable<ByteRange> ranges)
    {
        var flags = new bool[Size];
        foreach (var range in ranges)
            for (var at = range.Start; at < range.End; at++)
            {
                Assert.False(flags[at]);
                flags[at] = true;
            }

        return flags;
    }

    static ByteRange RandomRange(Random random)
    {
        var start = random.Next(Size + 1);
        return new(start, random.Next(start, Math.Min(Size, start + 20) + 1));
    }
}
