using Hfmc.Core.Transfers;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class BackoffTests
{
    static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    [Fact]
    public void Pauses_double_up_to_the_longest() =>
        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(1, 6).Select(failures => s_backoff.After(failures).TotalSeconds));

    [Fact]
    public void However_often_it_fails_there_is_a_pause() => Assert.Equal(TimeSpan.FromSeconds(10), s_backoff.After(int.MaxValue));

    [Fact]
    public void Chance_takes_away_its_part_and_no_more()
    {
        var random = new Random(1);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange((s_backoff with { Jitter = 0.5 }).After(1, random).TotalSeconds, 0.5, 1));
    }
}
