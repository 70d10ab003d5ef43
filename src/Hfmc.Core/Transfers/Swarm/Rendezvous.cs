using System.Globalization;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Highest random weight hashing (Thaler and Ravishankar, 1998): who sees the same members names the same owner of a piece, and
/// who sees others differs only about the pieces of those. The weight is a 64-bit mix (the finalizer of SplitMix64) of the blob,
/// the piece and the node; docs/peer-protocol.md has the formula.
/// </summary>
public static class Rendezvous
{
    /// <summary>The first 64 bits of the blob's name.</summary>
    public static ulong Key(ETag blob) => First64(blob.Text);

    /// <summary>The first 64 bits of the node's id.</summary>
    public static ulong Key(NodeId node) => First64(node.Text);

    /// <summary>Of all members, the one with the highest weight owns the piece.</summary>
    public static ulong Weight(ulong blob, int piece, ulong node) => Mix(Mix(blob ^ Mix((ulong)piece + 1)) ^ node);

    /// <summary>A member's standing in the crowd of the blob: only the highest own pieces at all.</summary>
    public static ulong Standing(ulong blob, ulong node) => Mix(blob ^ Mix(node));

    static ulong First64(string hex) => ulong.Parse(hex.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
