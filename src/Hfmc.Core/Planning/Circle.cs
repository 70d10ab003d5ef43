using Hfmc.Core.Peers;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>
/// Those who may hear of something: how they are asked, and who of them wants what. What is public is for everybody, what is not for the
/// members of the cluster; each circle has books of its own, so that nothing of the one is told in the other.
/// </summary>
sealed record Circle(PeerClient Client, CrowdBook Wanting, SmallBook Small);

/// <summary>The circle that an add shares with.</summary>
/// <param name="Circle">Null without a daemon, or when nobody may hear of it.</param>
/// <param name="Neighbours">Those of it that answer; null when none are asked.</param>
/// <param name="MayHear">They are told what is wanted; otherwise only those are asked that have named it themselves.</param>
sealed record Audience(Circle? Circle, Neighbours? Neighbours, bool MayHear)
{
    /// <summary>Peers to whom it was proven that this caller may read it; null when there are none.</summary>
    public Neighbours? Readers { get; init; }

    /// <summary>Asks those, and nobody else.</summary>
    public PeerClient? ReadersClient { get; init; }
}
