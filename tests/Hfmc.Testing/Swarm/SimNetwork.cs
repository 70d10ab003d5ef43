namespace Hfmc.Testing.Swarm;

/// <summary>
/// Shares links among flows, max-min fair as far as some rounds get: in each, every flow takes an equal part of what is left of its
/// tightest link. A flow that relays a piece on its way is no faster than the piece comes in.
/// </summary>
public sealed class SimNetwork(double originUp)
{
    const int Rounds = 12, RoundsOfMany = 4, Many = 1000;

    readonly List<SimFlow> _open = [];

    public SimLink Origin { get; } = new(originUp);

    public bool OriginIsUp { get; set; } = originUp > 0;

    public void Share(IReadOnlyList<SimFlow> flows)
    {
        _open.Clear();
        foreach (var flow in flows)
        {
            flow.Rate = 0;
            if (!(flow.Limit > 0) || flow.From is null && !OriginIsUp)
                continue;
            _open.Add(flow);
            foreach (var link in flow.Links)
                link.Left = link.Bytes;
        }
        for (var round = flows.Count > Many ? RoundsOfMany : Rounds; round > 0 && _open.Count > 0; round--)
            ShareOnce();
    }

    void ShareOnce()
    {
        foreach (var flow in _open)
            foreach (var link in flow.Links)
                link.Takers = 0;
        foreach (var flow in _open)
            foreach (var link in flow.Links)
                link.Takers++;
        foreach (var flow in _open)
        {
            flow.More = flow.Limit - flow.Rate;
            foreach (var link in flow.Links)
                flow.More = Math.Min(flow.More, link.Left / link.Takers);
        }
        foreach (var flow in _open)
        {
            flow.Rate += flow.More;
            foreach (var link in flow.Links)
                link.Left -= flow.More;
        }
        _open.RemoveAll(flow => flow.Rate >= flow.Limit || Array.Exists(flow.Links, link => link.Left <= 0.001 * link.Bytes));
    }
}
