using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// How long a reader waits for what the transfer may bring him before a request of his own is worth it. Clients give up after 10 s without
/// a byte.
/// </summary>
static class ReadPatience
{
    /// <summary>Two of them, and the answer of an upstream, are within what clients wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    /// <summary>For requests under way when nobody wants more: to come to the border of a piece.</summary>
    public static readonly TimeSpan Border = TimeSpan.FromSeconds(2);

    /// <summary>For sources that are not reached: a client that is told so, or cut off, asks again by itself, and soon.</summary>
    public static readonly TimeSpan Sources = TimeSpan.FromSeconds(2.5);

    static readonly TimeSpan First = TimeSpan.FromSeconds(1), Moment = TimeSpan.FromMilliseconds(20);

    public static TimeSpan Of(BlobProgress progress, bool isCovered, bool isFirst, bool isVain)
    {
        var reads = progress.Live.Reads;
        if (isVain)
            return Longest;
        if (!progress.Wants.IsWhole)
            return isCovered ? Longest : TimeSpan.Zero; // Nothing comes but what he asks for.
        if (!reads.HasBegun)
            return Moment;
        if (isCovered)
            return isFirst ? First : Longest;
        if (progress.Live.HasProof)
            return First;
        if (isFirst)
            return TimeSpan.Zero;
        // What peers bring waits for the digest, and the upstream is spared: a piece now and then keeps the client.
        return reads.HasPeers ? Longest : Moment;
    }
}
