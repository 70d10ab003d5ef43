using Hfmc.Core.Transfers;

namespace Hfmc.Testing.Swarm;

/// <summary>What must hold of every schedule after each of its steps, and at its end.</summary>
public sealed class SwarmChecks(SwarmWorld world, SwarmRules rules)
{
    public void Watch() => world.Ordered = (node, begun) => Check(node.Schedule!, begun);

    void Check(SwarmSchedule schedule, IReadOnlyList<SwarmOrder> begun)
    {
        foreach (var order in begun)
        {
            Must(order.Count >= 1 && order.First + order.Count <= world.Grid.Count, "a request is for pieces of the blob");
            Must(!order.Pieces.Any(schedule.Held.Contains), $"piece {order.First} was ordered and is here");
            Must(order.From is { IsOut: false } && order.From.RestsUntil <= world.Now, $"{order.From.Name} was asked and is out or rests");
            foreach (var piece in order.Pieces)
                CheckPiece(schedule, order, piece);
        }
        Must(schedule.Orders.Count <= rules.Requests, "more requests than may be");
        foreach (var member in schedule.Members)
        {
            Must(member.Open == schedule.Orders.Count(order => order.From == member), $"{member.Name} has {member.Open} open requests, not those that are counted");
            Must(member.Open <= (member.IsUpstream ? rules.UpstreamRequests : rules.RequestsPerPeer), $"{member.Name} has {member.Open} open requests");
        }
        Must(schedule.Wake(world.Now) is not { } wake || wake > world.Now, "the next moment is past");
    }

    void CheckPiece(SwarmSchedule schedule, SwarmOrder order, int piece)
    {
        var others = schedule.Orders.Where(other => other != order && piece >= other.First && piece < other.First + other.Count).ToList();
        Must(!others.Exists(other => other.From == order.From), $"piece {piece} was ordered twice from {order.From.Name}");
        var isHedge = others.Count(other => !other.IsSlow) is 1 && order is { Count: 1, FromRoot: false } && order.From.Held!.Contains(piece);
        Must(isHedge || others.TrueForAll(other => other.IsSlow), $"piece {piece} was ordered twice");
    }

    /// <summary>Nothing stays open, and no piece is left that could not be ordered again.</summary>
    public void CheckEnd(SimNode node)
    {
        var schedule = node.Schedule!;
        Must(schedule.Orders.Count is 0 && schedule.Members.All(member => member.Open is 0), $"{node} has open requests at the end");
        foreach (var member in schedule.Members.ToList())
            schedule.Leave(member);
        schedule.Join(SwarmMember.Upstream("another"));
        for (var piece = 0; piece < world.Grid.Count; piece++)
            schedule.Drop(piece);
        for (var round = 0; round < world.Grid.Count && !schedule.Held.IsFull; round++)
            foreach (var order in schedule.Next(world.Now + TimeSpan.FromHours(1)).ToList())
            {
                order.Pieces.ToList().ForEach(schedule.Hold);
                schedule.Done(order, world.Now + TimeSpan.FromHours(2));
            }
        Must(schedule.Held.IsFull, $"{node} counts requests as open that are not");
    }

    static void Must(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }
}
