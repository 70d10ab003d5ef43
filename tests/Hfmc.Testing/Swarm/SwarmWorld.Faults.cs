namespace Hfmc.Testing.Swarm;

/// <summary>What goes wrong.</summary>
public sealed partial class SwarmWorld
{
    readonly List<(HashSet<SimNode> Side, TimeSpan From, TimeSpan To, bool IsNewsOnly)> _splits = [];

    /// <summary>From now on the origin answers nobody.</summary>
    public void StopOrigin()
    {
        _network.OriginIsUp = false;
        foreach (var flow in _flows.Where(flow => flow.From is null).ToList())
            Stall(flow);
    }

    /// <summary>The right bytes of every piece are at honest nodes that are not gone.</summary>
    public bool CrowdHasAll(SimNode? without = null)
    {
        var holders = Live.Where(node => node != without && node.IsHere).ToList();
        return Enumerable.Range(0, Grid.Count).All(piece => holders.Exists(node => node.Has(piece) && !node.Wrong.Contains(piece)));
    }

    public bool OriginIsUp => _network.OriginIsUp;

    /// <summary>The node is gone from one moment to the next; its connections break.</summary>
    public void Kill(SimNode node)
    {
        node.IsGone = true;
        foreach (var flow in _flows.Where(flow => flow.From == node || flow.To == node).ToList())
            if (flow.To == node)
                Remove(flow);
            else
                Stall(flow);
        foreach (var other in node.KnownBy.ToList())
            After(NewsTime, () => Forget(other, node));
        foreach (var other in node.Knows.Keys)
            other.KnownBy.Remove(node);
    }

    /// <summary>Two groups do not hear of each other for a time, or cannot reach each other at all.</summary>
    public void Split(HashSet<SimNode> side, TimeSpan from, TimeSpan to, bool isNewsOnly)
    {
        _splits.Add((side, from, to, isNewsOnly));
        At(to, () =>
        {
            foreach (var node in Nodes.Where(node => node is { IsHere: true, Schedule: not null }))
                HearAll(node);
        });
    }

    bool Hears(SimNode one, SimNode other) => !_splits.Exists(split => IsApart(split, one, other));

    bool Reaches(SimNode one, SimNode other) => !_splits.Exists(split => !split.IsNewsOnly && IsApart(split, one, other));

    bool IsApart((HashSet<SimNode> Side, TimeSpan From, TimeSpan To, bool IsNewsOnly) split, SimNode one, SimNode other) =>
        Now >= split.From && Now < split.To && split.Side.Contains(one) != split.Side.Contains(other);

    // Blame follows the bytes: who gave a wrong piece is told, looks again, and blames its own giver. Nobody asks a liar twice; others
    // are met again with what they have left.
    void Blame(SimNode node, List<int> pieces)
    {
        foreach (var piece in pieces.Where(node.Wrong.Remove))
        {
            node.Schedule!.Drop(piece);
            node.IsBusy = true;
            if (node.Givers.GetValueOrDefault(piece) is not { } giver)
                continue;
            Forget(node, giver);
            if (giver.Lies)
                continue;
            Blame(giver, [piece]);
            After(10 * Meeting, () => See(node, giver));
        }
    }
}
