using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed class ManualTimeTests
{
    readonly ManualTime _time = new();

    [Fact]
    public async Task A_delay_ends_when_the_clock_comes_to_it()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _time, TestContext.Current.CancellationToken);
        await _time.WaitForTimersAsync(1, TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await delay;
        Assert.Equal(0, _time.TimersPending);
    }

    [Fact]
    public void Timers_fire_in_order_and_see_their_own_moment()
    {
        var start = _time.GetTimestamp();
        var fired = new List<double>();
        using var slow = _time.CreateTimer(_ => fired.Add(-_time.GetElapsedTime(start).TotalSeconds), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var fast = _time.CreateTimer(_ => fired.Add(_time.GetElapsedTime(start).TotalSeconds), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal([2, 4, -5, 6], fired);
    }

    [Fact]
    public void A_disposed_timer_is_silent()
    {
        var fired = false;
        _time.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(fired);
    }

    [Fact]
    public void A_failed_random_test_tells_its_seed()
    {
        var seen = 0;
        var error = Assert.Throws<SeedFailedException>(() => Seeds.Run("it", 3, random => throw new InvalidOperationException($"{seen = random.Next()}")));

        Assert.Contains(Seeds.Variable, error.Message, StringComparison.Ordinal);
        Assert.EndsWith($": {seen}", error.Message, StringComparison.Ordinal);
    }
}
