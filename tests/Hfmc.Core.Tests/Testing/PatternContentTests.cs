using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed class PatternContentTests
{
    [Fact]
    public void Any_range_is_what_the_whole_has_there() => Seeds.Run(nameof(Any_range_is_what_the_whole_has_there), 30, random =>
    {
        var content = new PatternContent(2_500_000, seed: random.Next(100));
        var whole = content.ToArray();
        for (var i = 0; i < 20; i++)
        {
            var offset = random.Next(2_500_000);
            var length = random.Next(i % 2 is 0 ? 20 : 100_000);
            length = Math.Min(length, 2_500_000 - offset);
            Assert.Equal(whole.AsSpan(offset, length), content.ToArray(offset, length).AsSpan());
        }
    });

    [Fact]
    public void No_two_pages_are_equal()
    {
        var whole = new PatternContent(1 << 22).ToArray();

        var pages = whole.Chunk(4096).Select(page => BitConverter.ToUInt64(page)).ToList();
        Assert.Equal(pages.Count, pages.Distinct().Count());
    }

    [Fact]
    public void Another_seed_is_another_content() =>
        Assert.NotEqual(new PatternContent(100_000, seed: 1).Sha256, new PatternContent(100_000, seed: 5).Sha256);
}
