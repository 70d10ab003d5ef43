using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class SourceRosterTests
{
    readonly ManualTime _time = new();
    readonly FakeSource _near = new("near"), _far = new("far");
    readonly SourceRoster _roster;

    public SourceRosterTests() => _roster = new([_near, _far], _time, new(1));

    [Fact]
    public void The_first_in_order_is_asked_while_it_works() => Assert.Same(_near, _roster.Next());

    [Theory]
    [InlineData(SourceFault.Missing)]
    [InlineData(SourceFault.Denied)]
    [InlineData(SourceFault.Itself)]
    public void A_final_no_leaves_the_source_out(SourceFault fault)
    {
        Fail(_near, fault);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Same(_far, _roster.Next());
        Assert.False(_roster.IsExhausted);
    }

    [Fact]
    public void One_lie_is_forgiven_and_the_second_is_not()
    {
        Fail(_near, SourceFault.Lied);
        Assert.Same(_near, _roster.Next());
        Assert.Equal(1, _near.Forgotten);

        Fail(_near, SourceFault.Lied);
        Assert.Same(_far, _roster.Next());
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_clock_that_is_set_changes_no_rest(int hours)
    {
        Fail(_near, SourceFault.Unreachable);
        Fail(_far, SourceFault.Unreachable);

        _time.Jump(TimeSpan.FromHours(hours));
        Assert.Null(_roster.Next());
        _time.Advance(_roster.UntilNext());
        Assert.NotNull(_roster.Next());
        Assert.InRange(_time.GetElapsedTime(0), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_break_after_some_bytes_costs_no_rest()
    {
        Fail(_near, SourceFault.Unreachable, delivered: true);

        Assert.Same(_near, _roster.Next());
    }

    [Fact]
    public void Rests_double_up_to_a_quarter_of_a_minute()
    {
        var rests = new List<TimeSpan>();
        Fail(_far, SourceFault.Missing);
        for (var failure = 0; failure < 8; failure++)
        {
            Fail(_near, SourceFault.Unreachable);
            Assert.Null(_roster.Next());
            rests.Add(_roster.UntilNext());
            _time.Advance(rests[^1]);
            Assert.Same(_near, _roster.Next());
        }

        Assert.InRange(rests[0], TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5));
        Assert.InRange(rests[^1], TimeSpan.FromSeconds(7.5), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void A_source_that_says_when_to_come_back_is_left_alone_until_then()
    {
        Fail(_near, SourceFault.Busy, retryAfter: TimeSpan.FromSeconds(42));
        _time.Advance(TimeSpan.FromSeconds(41));
        Assert.Same(_far, _roster.Next());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(_near, _roster.Next());
    }

    [Fact]
    public void Come_back_at_once_still_means_a_rest()
    {
        Fail(_near, SourceFault.Busy, retryAfter: TimeSpan.Zero);

        Assert.Same(_far, _roster.Next());
    }

    [Fact]
    public void When_all_are_out_the_roster_is_exhausted_and_tells_why()
    {
        Fail(_near, SourceFault.Missing);
        Fail(_far, SourceFault.Denied);

        Assert.True(_roster.IsExhausted);
        Assert.Null(_roster.Next());
        Assert.Equal([SourceFault.Missing, SourceFault.Denied], _roster.Failures.Select(failure => failure.Fault));
    }

    void Fail(ISource source, SourceFault fault, TimeSpan? retryAfter = null, bool delivered = false) =>
        _roster.Failed(source, new(fault, $"{source.Name} failed", retryAfter), delivered);
}
