using Hfmc.Core.Peers;

namespace Hfmc.Output;

/// <summary>A line of <c>cluster ls</c>; what only an answer tells is null without one.</summary>
sealed record MemberLine(string? Node, string? Host, int? Port, string State, string? Error)
{
    public static MemberLine Of(PeerAnswer<PeerHello> answer) =>
        new(answer.Value?.Node, answer.Peer.Host, answer.Peer.Port, answer.Value is not null ? "member" : "no member, or silent", answer.Error?.Message);
}

/// <summary>What <c>cluster new</c>, <c>join</c> and <c>leave</c> did; the code is that of a new one.</summary>
sealed record ClusterChangeJson(string Node, bool Joined, string? Code);

/// <summary>What <c>cluster remove</c> did; false when it was removed before.</summary>
sealed record MemberRemovedJson(string Node, bool Removed);
