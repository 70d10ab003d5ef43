using Hfmc.Core.Settings;

namespace Hfmc.Core.Transfers;

/// <summary>How fast a process moves bytes: to peers, from peers, and from upstreams.</summary>
public sealed class TransferRates(TimeProvider time)
{
    public RateLimit Up { get; } = new(time);

    public RateLimit Down { get; } = new(time);

    public RateLimit Wan { get; } = new(time);

    /// <summary>Holds at once, for bodies that are on their way too.</summary>
    public void Set(LimitSettings limits) => (Up.Rate, Down.Rate, Wan.Rate) = (limits.Up, limits.Down, limits.Wan);
}
