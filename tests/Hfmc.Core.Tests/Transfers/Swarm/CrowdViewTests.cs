using Hfmc.Core.Transfers;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

public sealed class CrowdViewTests
{
    static readonly PieceGrid Grid = new(64 << 20);

    [Fact]
    public void Two_owners_own_every_piece_between_them()
    {
        var (one, two) = (View(self: 1, other: 2), View(self: 2, other: 1));

        Assert.All([one, two], view => Assert.Equal((2, 2, 64, 3, 3), (view.Members, view.Owners, view.Pieces, view.Held, view.Provisional)));
        Assert.InRange(one.Owned, 1, 63);
        Assert.Equal(64, one.Owned + two.Owned);
    }

    [Fact]
    public void Without_a_way_to_an_upstream_a_node_owns_nothing() => Assert.Equal((2, 1, 0), Standing(View(self: 1, other: 2, hasUpstream: false)));

    static (int, int, int) Standing(CrowdView view) => (view.Members, view.Owners, view.Owned);

    static CrowdView View(ulong self, ulong other, bool hasUpstream = true)
    {
        var schedule = new SwarmSchedule(Grid, blob: 77, self, new(), new(1));
        var peer = SwarmMember.Peer("peer", other, Grid.Count);
        schedule.Join(peer);
        schedule.LearnOwner(peer, isOwner: true);
        if (hasUpstream)
            schedule.Join(SwarmMember.Upstream("hub"));
        for (var piece = 0; piece < 3; piece++)
            schedule.Hold(piece);
        return schedule.View();
    }
}
