using Hfmc.Core.Hub;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

public sealed class UpstreamBackoffTests
{
    static readonly Upstream s_hub = new(new("https://hub.example/"), SourceKind.Hub, null);

    readonly ManualTime _time = new();
    readonly UpstreamBackoff _backoff;

    public UpstreamBackoffTests() => _backoff = new(_time);

    [Theory]
    [InlineData(SourceFault.Away, 5, 30)]
    [InlineData(SourceFault.Stalled, 30, 60)]
    public void Who_fails_is_left_alone_longer_each_time_up_to_a_limit(SourceFault fault, int first, int longest)
    {
        _backoff.Failed(s_hub, fault);
        AssertRests(first);
        for (var failures = 0; failures < 10; failures++)
            _backoff.Failed(s_hub, fault);
        AssertRests(longest);
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_clock_that_is_set_changes_no_pause(int hours)
    {
        _backoff.Failed(s_hub, SourceFault.Stalled);

        _time.Jump(TimeSpan.FromHours(hours));

        AssertRests(30);
    }

    [Fact]
    public void When_the_pause_is_over_one_tries_and_the_others_wait_for_its_answer()
    {
        _backoff.Failed(s_hub, SourceFault.Away);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_backoff.MayAsk(s_hub));
        Assert.False(_backoff.MayAsk(s_hub));
        Assert.True(_backoff.IsInDoubt(s_hub));
        _backoff.Answered(s_hub);
        Assert.True(_backoff.MayAsk(s_hub));
        Assert.False(_backoff.IsInDoubt(s_hub));
    }

    [Fact]
    public void What_it_asks_for_is_obeyed_and_bounded()
    {
        _backoff.Failed(s_hub, SourceFault.Busy, TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.FromMinutes(2), _backoff.AskedFor(s_hub));
    }

    [Fact]
    public void A_refusal_for_good_reason_is_no_failure()
    {
        _backoff.Failed(s_hub, new SourceException(SourceFault.Missing, "no such repo"));

        Assert.False(_backoff.IsInDoubt(s_hub));
    }

    [Fact]
    public void After_a_long_time_nothing_is_known()
    {
        _backoff.Failed(s_hub, SourceFault.Away);
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.False(_backoff.IsInDoubt(s_hub));
        Assert.Empty(_backoff.Failures);
    }

    void AssertRests(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(_backoff.MayAsk(s_hub));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_backoff.MayAsk(s_hub));
    }
}
