using Hfmc.Core.Transfers;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

/// <summary>One schedule and what it is told, step by step.</summary>
public sealed class SwarmRuleTests
{
    const int Pieces = 64;
    const ulong Blob = 17, Self = 41;

    readonly SwarmSchedule _schedule = new(new(Pieces << 20), Blob, Self, new(), new(1));
    readonly SwarmMember _origin = SwarmMember.Upstream("origin");

    public SwarmRuleTests() => _schedule.Join(_origin);

    [Fact]
    public void A_piece_that_its_only_holder_does_not_send_comes_from_the_origin()
    {
        var peer = Join(1, isOwner: false);
        _schedule.Learn(peer, 0);
        HoldAllBut(0);
        var asked = Assert.Single(_schedule.Next(default));
        _schedule.Failed(asked, rest: TimeSpan.FromSeconds(15), Seconds(2));

        var again = Assert.Single(_schedule.Next(Seconds(2)));

        Assert.Same(peer, asked.From);
        Assert.Same(_origin, again.From);
    }

    [Fact]
    public void An_origin_that_gives_only_the_whole_is_asked_once_and_for_all_that_follows()
    {
        _origin.IsSequential = true;
        _schedule.Hold(0);

        var order = Assert.Single(_schedule.Next(default));
        _schedule.Hold(1);

        Assert.Equal((1, Pieces - 1), (order.First, order.Count));
        Assert.Empty(_schedule.Next(Seconds(1)));
        for (var piece = 2; piece < Pieces; piece++)
            _schedule.Hold(piece);
        Assert.Empty(_schedule.Needless());
    }

    [Fact]
    public void An_origin_that_gives_only_the_whole_is_asked_by_the_owner_of_the_first_piece_and_by_others_when_that_one_does_not()
    {
        _origin.IsSequential = true;
        var others = Enumerable.Range(1, 8).Select(number => Join((ulong)number * 0x9E3779B97F4A7C15, isOwner: true)).ToList();
        var begun = _schedule.Next(default);
        var first = begun.Count is 0 ? Assert.Single(_schedule.Next(Seconds(1.5))) : Assert.Single(begun);

        Assert.Equal((0, Pieces), (first.First, first.Count));
        _schedule.Failed(first, default, Seconds(2));
        others[0].Fetching.UnionWith(Enumerable.Range(0, Pieces));
        Assert.DoesNotContain(_schedule.Next(Seconds(2)), order => order.From.IsUpstream);
    }

    [Fact]
    public void A_busy_peer_is_waited_for()
    {
        var peer = Join(1, isOwner: false);
        _schedule.Learn(peer, 0);
        HoldAllBut(0);
        _schedule.Failed(Assert.Single(_schedule.Next(default)), rest: TimeSpan.FromSeconds(1), default, isBusy: true);

        Assert.Empty(_schedule.Next(Seconds(0.5)));
        Assert.Same(peer, Assert.Single(_schedule.Next(Seconds(1.5))).From);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_peer_that_stays_busy_is_asked_again_however_often_it_said_so(int rest)
    {
        var peer = Join(1, isOwner: false);
        _schedule.Learn(peer, 0);
        HoldAllBut(0);
        var now = TimeSpan.Zero;
        for (var refusal = 0; refusal < 100; refusal++)
        {
            _schedule.Failed(Assert.Single(_schedule.Next(now)), Seconds(rest), now, isBusy: true);
            now = peer.RestsUntil;
        }

        Assert.Same(peer, Assert.Single(_schedule.Next(now)).From);
    }

    [Fact]
    public void A_peer_that_comes_by_what_it_lost_is_asked_again()
    {
        var peer = Join(1, isOwner: true);
        peer.Fetching.Add(0);
        HoldAllBut(0);
        _origin.IsOut = true;
        _schedule.Failed(Assert.Single(_schedule.Next(default)), rest: default, Seconds(2));
        Assert.Empty(_schedule.Next(Seconds(2)));

        _schedule.Learn(peer, 0);

        Assert.Same(peer, Assert.Single(_schedule.Next(Seconds(3))).From);
    }

    [Fact]
    public void An_owner_that_delivers_after_a_pause_of_the_root_is_an_owner_again()
    {
        var peer = Join(1, isOwner: true);
        for (var piece = 60; piece < 63; piece++)
        {
            peer.Fetching.Add(piece);
            var lease = _schedule.Next(Seconds(piece)).Single(order => order.First == piece);
            _schedule.Failed(lease, rest: default, Seconds(piece));
        }
        Assert.Equal(1, _schedule.Owners);

        _schedule.Learn(peer, 63);
        var order = _schedule.Next(Seconds(70)).Single(order => order.First is 63);
        order.Progress(1 << 20, Seconds(71));
        _schedule.Hold(63);
        _schedule.Done(order, Seconds(71));

        Assert.Equal(2, _schedule.Owners);
    }

    [Fact]
    public void Who_owns_nothing_leaves_the_origin_to_the_owners_until_nothing_comes_from_them()
    {
        for (var node = 1UL; node <= 40; node++)
            Join(node, isOwner: true); // 28 of them stand higher than this node.

        Assert.Empty(_schedule.Next(default));
        Assert.NotNull(_schedule.Wake(default));
        Assert.Empty(_schedule.Next(Seconds(1.5)));
        Assert.Same(_origin, Assert.Single(_schedule.Next(Seconds(3))).From);
    }

    [Fact]
    public void A_peer_that_is_left_out_owns_nothing()
    {
        var peer = Join(1, isOwner: true);
        Assert.Equal(2, _schedule.Owners);

        peer.IsOut = true;

        Assert.Equal(1, _schedule.Owners);
    }

    SwarmMember Join(ulong node, bool isOwner)
    {
        var peer = SwarmMember.Peer($"peer {node}", node, Pieces);
        peer.IsOwner = isOwner;
        _schedule.Join(peer);
        return peer;
    }

    void HoldAllBut(int piece)
    {
        for (var other = 0; other < Pieces; other++)
            if (other != piece)
                _schedule.Hold(other);
    }

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
