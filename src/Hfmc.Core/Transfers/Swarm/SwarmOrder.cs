namespace Hfmc.Core.Transfers;

/// <summary>A request that the schedule wants made: some pieces in a row, from one member.</summary>
public sealed class SwarmOrder(int first, int count, SwarmMember from, bool fromRoot, TimeSpan begun)
{
    /// <summary>The peer is still getting it itself, and passes on what arrives: no faster than that.</summary>
    public bool IsLease { get; } = !fromRoot && !from.Held!.Contains(first);

    public int First { get; } = first;

    public int Count { get; } = count;

    public SwarmMember From { get; } = from;

    /// <summary>Got from an upstream, or from a peer that has all, on behalf of the crowd: it is told to the others.</summary>
    public bool FromRoot { get; } = fromRoot;

    public TimeSpan Begun { get; } = begun;

    /// <summary>Bytes that arrived, new or not.</summary>
    public long Received { get; private set; }

    public TimeSpan LastByte { get; private set; } = begun;

    /// <summary>Found too slow: others may be asked for the same.</summary>
    public bool IsSlow { get; internal set; }

    public IEnumerable<int> Pieces => Enumerable.Range(First, Count);

    /// <summary>Tells how far the request is.</summary>
    public void Progress(long received, TimeSpan now)
    {
        if (received > Received)
            (Received, LastByte) = (received, now);
    }

    public double Rate(TimeSpan now) => now > Begun ? Received / (now - Begun).TotalSeconds : 0;
}
