using System.Net;
using System.Net.Http.Json;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>Who a peer is, and what two nodes prove to each other.</summary>
public sealed partial class PeerClient
{
    /// <summary>A peer that was added by hand, and speaks TLS, proves the first time that it is who it says; from then on nobody else may say so there.</summary>
    /// <exception cref="SourceException">Not reached, no hfmc daemon of this protocol, or another node than it was.</exception>
    public Task<PeerHello> HelloAsync(PeerAddress peer, CancellationToken cancellationToken) => NotedAsync(peer, () => HelloOnceAsync(peer, cancellationToken));

    async Task<PeerHello> HelloOnceAsync(PeerAddress peer, CancellationToken cancellationToken)
    {
        var way = trust?.WayToGreet(peer) ?? PeerWay.Clear;
        // A member may have been set up anew: it is known by its certificate, not by the key that it had.
        var (hello, node) = await GreetAsync(peer, pass is null ? way : way with { Expected = null }, cancellationToken);
        if (trust is null)
            return hello;
        if (pass is not null)
            await MeetAsync(trust, pass, peer, node, hello, cancellationToken);
        trust.Check(peer, node);
        if (trust.ProofOf(peer, node, hello.Tls) is { } proof)
            await ProveAsync(trust, peer, node, proof, cancellationToken);
        trust.Hear(peer, node, hello.Tls);
        return hello;
    }

    // Both show that they are members, over TLS, and tell each other who is none any more.
    async Task MeetAsync(PeerTrust trust, ClusterPass pass, PeerAddress peer, NodeId node, PeerHello hello, CancellationToken cancellationToken)
    {
        if (pass.HasMet(peer, node))
            return;
        if (pass.Message() is not { } message || hello.Tls is not (PeerProtocol.TlsRestricted or PeerProtocol.TlsAlways))
            throw NoMember(peer);
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/cluster");
        request.Content = JsonContent.Create(message, PeerJson.Default.PeerClusterMessage);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken, GreetingTimeout);
        if (response.StatusCode is HttpStatusCode.NotFound)
            throw NoMember(peer);
        var said = await ReadAsync(peer, response, PeerJson.Default.PeerClusterMessage, cancellationToken, PeerProtocol.LargestClusterMessage);
        pass.Hear(said);
        if (!pass.IsMember(node, said.Certificate))
            throw NoMember(peer);
        pass.Meet(peer, node);
        trust.Vouch(peer, node);
    }

    /// <summary>Where a node wants a repo to be read as a proof; null when it asks for none now.</summary>
    /// <exception cref="SourceException">Not reached, another node, or an answer that cannot be right.</exception>
    public async Task<PeerReadingChallenge?> ChallengeAsync(PeerAddress peer, NodeId node, string subject, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/reading");
        request.Content = JsonContent.Create(new(subject), PeerJson.Default.PeerReadingQuestion);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken);
        return response.IsSuccessStatusCode ? await ReadAsync(peer, response, PeerJson.Default.PeerReadingChallenge, cancellationToken) : null;
    }

    /// <summary>The proof that the node gives in return, when it is convinced and shows the repo for a while; else null.</summary>
    /// <exception cref="SourceException">Not reached, another node, or an answer that cannot be right.</exception>
    public async Task<PeerReadingAnswer?> ProveReadingAsync(PeerAddress peer, NodeId node, PeerReadingProof proof, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/reading/proof");
        request.Content = JsonContent.Create(proof, PeerJson.Default.PeerReadingProof);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken);
        return response.IsSuccessStatusCode ? await ReadAsync(peer, response, PeerJson.Default.PeerReadingAnswer, cancellationToken) : null;
    }

    static SourceException NoMember(PeerAddress peer) => new(SourceFault.Missing, $"peer {peer} is no member of this machine's cluster");

    async Task ProveAsync(PeerTrust trust, PeerAddress peer, NodeId node, PeerWay proof, CancellationToken cancellationToken)
    {
        try
        {
            await GreetAsync(peer, proof, cancellationToken);
            trust.Pin(peer, node);
        }
        catch (SourceException error) when (error.Fault is not SourceFault.Lied)
        {
            // Not now: what is public needs no proof, and what is not waits for it.
        }
    }

    async Task<(PeerHello Hello, NodeId Node)> GreetAsync(PeerAddress peer, PeerWay way, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(peer, way, Question(HttpMethod.Get, $"{PeerProtocol.Root}/hello"), cancellationToken, GreetingTimeout);
        var hello = await ReadAsync(peer, response, PeerJson.Default.PeerHello, cancellationToken);
        if (!NodeId.TryParse(hello.Node, out var node) || hello.Version is not { Length: <= 64 } || hello.Repos < 0)
            throw new SourceException(SourceFault.Lied, $"{peer} is no hfmc daemon");
        if (way.Expected is { } expected && expected != node)
            throw PeerTrust.Changed(peer, expected, node);
        if (hello.Protocol != PeerProtocol.Version)
            throw new SourceException(SourceFault.Missing, $"{peer} speaks peer protocol {hello.Protocol}, this hfmc {PeerProtocol.Version}: update the older one");
        return (hello, node);
    }
}
