using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class CrewSizeTests
{
    const double Line = 100e6;

    readonly ManualTime _time = new();
    double _received;

    [Fact]
    public void Where_each_connection_is_shaped_all_are_used_within_a_second()
    {
        var size = new CrewSize(8, _time);

        Assert.Equal([2, 4, 8], Sizes(size, seconds: 1, connections => connections * 25e6));
    }

    [Fact]
    public void Where_two_fill_the_line_more_are_tried_once_and_let_go()
    {
        var size = new CrewSize(8, _time);

        Assert.Equal([2, 4, 2], Sizes(size, seconds: 4, _ => Line));
    }

    [Fact]
    public void After_a_rest_it_is_tried_again_for_the_line_may_have_changed()
    {
        var size = new CrewSize(8, _time);
        Sizes(size, seconds: 4, _ => Line);

        Assert.Equal([2, 4, 8], Sizes(size, seconds: 4, connections => connections * Line));
    }

    [Fact]
    public void On_a_long_way_the_new_ones_are_given_the_time_that_the_first_took_to_begin()
    {
        var size = new CrewSize(8, _time);
        _time.Advance(TimeSpan.FromMilliseconds(600));

        // What joins brings nothing for two looks.
        var (before, looks) = (0, 0);
        Assert.Equal([2, 4, 8], Sizes(size, seconds: 4, connections =>
        {
            (before, looks) = (connections, connections == before ? looks + 1 : 1);
            return (connections > 2 && looks <= 2 ? connections / 2 : connections) * 25e6;
        }));
    }

    [Fact]
    public void There_are_never_more_than_allowed()
    {
        Assert.Equal([1], Sizes(new(1, _time), seconds: 1, connections => connections * 25e6));
        Assert.Equal([2, 3], Sizes(new(3, _time), seconds: 1, connections => connections * 25e6));
    }

    // The sizes one after another, on a line that gives so many bytes a second to so many connections.
    List<int> Sizes(CrewSize size, double seconds, Func<int, double> rate)
    {
        var sizes = new List<int> { size.Value };
        for (var looks = seconds / CrewSize.Look.TotalSeconds; looks > 0; looks--)
        {
            _time.Advance(CrewSize.Look);
            _received += rate(size.Value) * CrewSize.Look.TotalSeconds;
            size.Observe((long)_received);
            if (size.Value != sizes[^1])
                sizes.Add(size.Value);
        }

        return sizes;
    }
}
