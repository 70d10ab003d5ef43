using Hfmc.Core.Peers;
using Hfmc.Core.Transfers;

namespace Hfmc.Output;

/// <summary>A peer that answered, and how long it took.</summary>
sealed record Greeting(PeerHello Hello, TimeSpan RoundTrip);

/// <summary>A line of <c>peer ls</c>; what only an answer tells is null without one, and so is what a running daemon knows it did wrong.</summary>
sealed record PeerLine(string Host, int Port, bool Alive, string? Id, string? Version, int? Repos, double? RoundTripMs, string? Error, string? Misdeed, DateTimeOffset? RestsUntil)
{
    public static PeerLine Of(PeerAnswer<Greeting> answer, Misdeed? misdeed, TimeProvider time) => new(
        answer.Peer.Host, answer.Peer.Port, answer.Value is not null, answer.Value?.Hello.Node, answer.Value?.Hello.Version, answer.Value?.Hello.Repos,
        answer.Value is { } greeting ? Math.Round(greeting.RoundTrip.TotalMilliseconds, 2) : null, answer.Error?.Message,
        misdeed?.Deed, misdeed?.RestsUntil > time.GetUtcNow() ? misdeed.RestsUntil : null);
}

/// <summary>What <c>peer add</c> and <c>peer rm</c> did; <c>Alive</c> is null when nobody was asked.</summary>
sealed record PeerChangeJson(string Host, int Port, bool Added, bool? Alive);
