using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class SegmentQueueTests
{
    [Fact]
    public void Every_missing_byte_is_dealt_exactly_once() =>
        Seeds.Run(nameof(Every_missing_byte_is_dealt_exactly_once), 200, random =>
        {
            var missing = RandomRanges(random);
            var queue = new SegmentQueue(missing, takers: random.Next(1, 9));

            var dealt = new RangeSet();
            while (queue.Take() is { } segment)
            {
                Assert.InRange(segment.Length, 1, SegmentQueue.Largest);
                var before = dealt.Length;
                dealt.Add(segment);
                Assert.Equal(before + segment.Length, dealt.Length);
            }

            Assert.Equal(missing, dealt.Ranges);
        });

    [Fact]
    public async Task Several_takers_share_without_overlap()
    {
        var missing = new ByteRange(5, 300_000_000);
        var queue = new SegmentQueue([missing], takers: 4);

        var parts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var mine = new List<ByteRange>();
            while (queue.Take() is { } segment)
                mine.Add(segment);
            return mine;
        })));

        var all = parts.SelectMany(part => part).OrderBy(segment => segment.Start).ToList();
        Assert.Equal(missing.Start, all[0].Start);
        Assert.Equal(missing.End, all[^1].End);
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
    }

    [Fact]
    public void Segments_get_smaller_towards_the_end_so_that_all_takers_finish_together()
    {
        var queue = new SegmentQueue([new(0, 256 << 20)], takers: 4);

        var lengths = new List<long>();
        while (queue.Take() is { } segment)
            lengths.Add(segment.Length);

        Assert.Equal(SegmentQueue.Largest, lengths[0]);
        Assert.Equal(lengths.OrderDescending(), lengths);
        Assert.InRange(lengths[^1], 1, SegmentQueue.Smallest);
    }

    static List<ByteRange> RandomRanges(Random random)
    {
        var ranges = new List<ByteRange>();
        long at = random.Next(3);
        for (var count = random.Next(6); count > 0; count--)
        {
            var range = new ByteRange(at, at + random.NextInt64(1, 60 << 20));
            ranges.Add(range);
            at = range.End + random.NextInt64(1, 10 << 20);
        }

        return ranges;
    }
}
