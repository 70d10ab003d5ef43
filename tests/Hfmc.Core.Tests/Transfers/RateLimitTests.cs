using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class RateLimitTests
{
    readonly ManualTime _time = new();
    readonly RateLimit _limit;

    public RateLimitTests() => _limit = new(_time);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Without_a_rate_everything_passes_at_once()
    {
        Assert.True(Take("a", int.MaxValue).IsCompleted);
        Assert.Equal((int.MaxValue, 0), (_limit.Portion, _time.TimersPending));
    }

    [Fact]
    public void Bytes_pass_exactly_when_the_rate_allows_them()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");

        Task[] takes = [Take("a", 50_000), Take("a", 50_000), Take("a", 100_000)];

        Assert.Equal([50, 100, 200], PassedAt(takes));
    }

    [Fact]
    public void A_pause_saves_up_a_tenth_of_a_second()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(Take("a", 100_000).IsCompleted);
        Assert.Equal(1, PassedAfter(Take("a", 1000)));
    }

    [Fact]
    public void More_than_can_be_saved_up_passes_on_credit_and_is_waited_for_after_it()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");

        Task[] takes = [Take("a", 1_000_000), Take("a", 10_000)];

        Assert.Equal([100, 1010], PassedAt(takes));
    }

    [Fact]
    public void A_greedy_taker_gets_as_much_as_a_modest_one()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        // One asks for ten times as much each time; another keeps eight takes waiting, as a peer with eight connections does.
        var (greedy, many, modest) = (new Taker(this, "greedy", 20_000, 1), new Taker(this, "many", 2000, 8), new Taker(this, "modest", 2000, 1));

        for (var millisecond = 0; millisecond < 6000; millisecond++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            greedy.Go();
            many.Go();
            modest.Go();
        }

        Assert.All([greedy, many, modest], taker => Assert.InRange(taker.Got, 1_960_000, 2_040_000));
    }

    [Fact]
    public void Who_was_away_has_no_claim_on_what_others_got()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        for (var turn = 0; turn < 100; turn++)
            Assert.Equal(10, PassedAfter(Take("old", 10_000)));

        Task[] takes = [Take("new", 10_000), Take("new", 10_000), Take("old", 10_000)];

        Assert.Equal([10, 30, 20], PassedAt(takes));
    }

    [Fact]
    public void A_new_rate_and_none_hold_for_those_who_wait()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        Task[] takes = [Take("a", 100_000), Take("a", 100_000)];
        _time.Advance(TimeSpan.FromMilliseconds(50));

        _limit.Rate = ByteRate.Parse("10MB/s");
        Assert.Equal(5, PassedAfter(takes[0]));
        _limit.Rate = ByteRate.Off;
        Assert.True(takes[1].IsCompleted);
    }

    [Fact]
    public void Who_stops_waiting_costs_the_others_nothing()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        using var cancel = new CancellationTokenSource();
        var gone = Take("a", 90_000, cancel.Token);
        var stays = Take("a", 20_000);

        cancel.Cancel();

        Assert.True(gone.IsCanceled);
        _time.Advance(TimeSpan.FromMilliseconds(90));
        Assert.True(stays.IsCompleted);
        Assert.Equal(10, PassedAfter(Take("a", 80_000)));
    }

    [Fact]
    public async Task A_body_is_read_in_portions()
    {
        _limit.Rate = ByteRate.Parse("1MB/s");
        var body = new MemoryStream(new byte[100_000]);

        var reading = _limit.ReadAsync(body, new byte[100_000], Cancelled).AsTask();

        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(10_000, await reading);
    }

    Task Take(string taker, int bytes, CancellationToken? cancelling = null) => _limit.TakeAsync(taker, bytes, cancelling ?? Cancelled).AsTask();

    int PassedAfter(Task take) => PassedAt([take])[0];

    // In milliseconds from now.
    int[] PassedAt(Task[] takes)
    {
        var passed = new int[takes.Length];
        for (var millisecond = 1; millisecond < 10_000 && !Array.TrueForAll(takes, take => take.IsCompleted); millisecond++)
        {
            for (var i = 0; i < takes.Length; i++)
                passed[i] = takes[i].IsCompleted ? passed[i] : millisecond;
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        return passed;
    }

    sealed class Taker(RateLimitTests test, string name, int bytes, int atOnce)
    {
        readonly List<Task> _waiting = [];

        public long Got { get; private set; }

        public void Go()
        {
            Got += bytes * _waiting.RemoveAll(take => take.IsCompleted);
            while (_waiting.Count < atOnce)
                _waiting.Add(test.Take(name, bytes));
        }
    }
}
