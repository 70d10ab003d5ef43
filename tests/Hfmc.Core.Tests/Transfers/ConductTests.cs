using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class ConductTests
{
    readonly ManualTime _time = new();

    [Fact]
    public void Once_is_forgiven_and_kept_in_mind_and_from_then_on_the_rests_double()
    {
        var conduct = new Conduct(_time);
        Lie(conduct, "peer a");
        Assert.Null(conduct.RestOf("peer a"));
        Assert.Equal(1, Assert.Single(conduct.Current).Times);

        foreach (var minutes in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            Lie(conduct, "peer a");
            Assert.Equal(TimeSpan.FromMinutes(minutes), conduct.RestOf("peer a")!.RestsUntil - _time.GetUtcNow());
        }
        Assert.Null(conduct.RestOf("peer b"));
    }

    [Fact]
    public void A_rest_ends_and_an_hour_later_all_is_forgotten()
    {
        var conduct = new Conduct(_time);
        Lie(conduct, "peer a");
        Lie(conduct, "peer a");

        _time.Advance(Conduct.FirstRest + TimeSpan.FromMilliseconds(1));
        Assert.Null(conduct.RestOf("peer a"));
        Assert.Single(conduct.Current);
        _time.Advance(Conduct.Memory);
        Assert.Empty(conduct.Current);
    }

    [Theory]
    [InlineData(SourceFault.Lied, true)]
    [InlineData(SourceFault.WrongBytes, true)]
    [InlineData(SourceFault.Unreachable, false)]
    [InlineData(SourceFault.Stalled, false)]
    [InlineData(SourceFault.Busy, false)]
    [InlineData(SourceFault.Missing, false)]
    [InlineData(SourceFault.Denied, false)]
    [InlineData(SourceFault.Itself, false)]
    public void Only_what_no_honest_source_does_counts(SourceFault fault, bool counts)
    {
        var conduct = new Conduct(_time);

        conduct.Note("peer a", new(fault, "it did"));

        Assert.Equal(counts, conduct.Current.Count is 1);
    }

    [Fact]
    public void However_many_misbehave_not_all_are_kept()
    {
        var conduct = new Conduct(_time);
        Lie(conduct, "peer bad");
        Lie(conduct, "peer bad");

        for (var peer = 0; peer < 10 * Conduct.Most; peer++)
            Lie(conduct, $"peer {peer}");

        Assert.Equal(Conduct.Most, conduct.Current.Count);
        Assert.NotNull(conduct.RestOf("peer bad"));
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_clock_that_is_set_changes_no_rest(int hours)
    {
        var conduct = new Conduct(_time);
        Lie(conduct, "peer a");
        Lie(conduct, "peer a");

        _time.Jump(TimeSpan.FromHours(hours));
        Assert.Equal(_time.GetUtcNow() + Conduct.FirstRest, conduct.RestOf("peer a")?.RestsUntil);
        _time.Advance(Conduct.FirstRest);
        Assert.Null(conduct.RestOf("peer a"));
        Assert.Single(conduct.Current);
    }

    static void Lie(Conduct conduct, string source) => conduct.Note(source, new(SourceFault.Lied, $"{source} lied {new string('x', 1000)}"));
}
