using System.Net;
using Hfmc.Daemon.Access;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

public sealed class OpenConnectionsTests
{
    readonly OpenConnections _open = new();
    readonly List<string> _cut = [];

    [Fact]
    public void One_address_has_its_share_and_this_machine_a_larger_one()
    {
        Assert.Equal(OpenConnections.MostOfAddress, Fill("192.168.1.66", 1000));
        Assert.Equal(0, Fill("::ffff:192.168.1.66", 1));
        Assert.Equal(OpenConnections.MostOfThisMachine, Fill("127.0.0.1", 1000));
        Assert.Equal(OpenConnections.Most, _open.Count);
    }

    [Fact]
    public void A_place_that_is_left_is_free_again_however_often_it_is_left()
    {
        var places = Enumerable.Range(0, OpenConnections.MostOfAddress).Select(_ => Enter("192.168.1.66")!).ToList();
        Assert.Null(Enter("192.168.1.66"));

        places[0].Dispose();
        places[0].Dispose();

        Assert.Equal(1, Fill("192.168.1.66", 10));
    }

    [Fact]
    public void When_all_places_are_taken_who_has_most_loses_one_to_who_has_few()
    {
        foreach (var host in Enumerable.Range(1, 4))
            Fill($"192.168.1.{host}", OpenConnections.MostOfAddress);

        Assert.NotNull(Enter("192.168.1.200"));

        Assert.StartsWith("192.168.1.", Assert.Single(_cut));
        Assert.Equal(OpenConnections.Most, _open.Count);
        Assert.Null(Enter(_cut[0] is "192.168.1.1" ? "192.168.1.2" : "192.168.1.1"));
    }

    [Fact]
    public void Those_who_are_not_answered_have_few_places_together()
    {
        var entered = Enumerable.Range(1, 100).Count(host => _open.Enter(IPAddress.Parse($"8.8.8.{host}"), isStranger: true, () => { }) is not null);

        Assert.Equal(OpenConnections.MostOfStrangers, entered);
        Assert.NotNull(Enter("192.168.1.7"));
    }

    int Fill(string address, int times) => Enumerable.Range(0, times).Count(_ => Enter(address) is not null);

    IDisposable? Enter(string address) => _open.Enter(IPAddress.Parse(address), isStranger: false, () => _cut.Add(address));
}
