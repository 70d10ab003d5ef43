namespace Hfmc.Testing.Swarm;

/// <summary>
/// Shares links among flows: max-min fair up to a few hundred flows, an equal share of the tighter end beyond that. A flow that relays
/// a piece on its way is no faster than the piece comes in.
/// </summary>
public sealed class SimNetwork(double originUp)
{
    const int MostExact = 400;

    public bool OriginIsUp { get; set; } = true;

    public void Share(IReadOnlyList<SimFlow> flows)
    {
        var active = flows.Where(flow => flow.Limit > 0 && (flow.From is not null || OriginIsUp)).ToList();
        foreach (var flow in flows)
            flow.Rate = 0;
        if (active.Count <= MostExact)
            ShareExactly(active);
        else
            ShareEqually(active);
    }

    void ShareExactly(List<SimFlow> flows)
    {
        var left = new Dictionary<object, (double Bytes, int Flows)>();
        var origin = new object();
        object Up(SimFlow flow) => (object?)flow.From ?? origin;
        (SimNode, int) Down(SimFlow flow) => (flow.To, 0);
        foreach (var flow in flows)
        {
            Count(Up(flow), flow.From?.Up ?? originUp);
            Count(Down(flow), flow.To.Down);
        }
        var open = flows.ToList();
        while (open.Count > 0)
        {
            var share = open.Min(flow => Math.Min(flow.Limit, Math.Min(Part(Up(flow)), Part(Down(flow)))));
            var fixedNow = open.Where(flow => Math.Min(flow.Limit, Math.Min(Part(Up(flow)), Part(Down(flow)))) <= share * 1.000001).ToList();
            foreach (var flow in fixedNow)
            {
                flow.Rate = share;
                Take(Up(flow), share);
                Take(Down(flow), share);
                open.Remove(flow);
            }
        }

        void Count(object link, double bytes) => left[link] = left.TryGetValue(link, out var known) ? (known.Bytes, known.Flows + 1) : (bytes, 1);
        double Part(object link) => Math.Max(0, left[link].Bytes) / Math.Max(1, left[link].Flows);
        void Take(object link, double bytes) => left[link] = (left[link].Bytes - bytes, left[link].Flows - 1);
    }

    void ShareEqually(List<SimFlow> flows)
    {
        var fromOrigin = Math.Max(1, flows.Count(flow => flow.From is null));
        var (ups, downs) = (new Dictionary<SimNode, int>(), new Dictionary<SimNode, int>());
        foreach (var flow in flows)
        {
            downs[flow.To] = downs.GetValueOrDefault(flow.To) + 1;
            if (flow.From is { } from)
                ups[from] = ups.GetValueOrDefault(from) + 1;
        }
        foreach (var flow in flows)
            flow.Rate = Math.Min(flow.Limit, Math.Min(flow.From is { } from ? from.Up / ups[from] : originUp / fromOrigin, flow.To.Down / downs[flow.To]));
    }
}
