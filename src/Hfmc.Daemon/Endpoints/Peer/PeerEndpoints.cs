using Hfmc.Core.Peers;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints.Peer;

/// <summary>Peer protocol v1, the serving end: which question is answered by what (docs/peer-protocol.md).</summary>
sealed class PeerEndpoints(DaemonIdentity identity, PublicShelf shelf, Desks desks, ReadingRights? rights)
{
    readonly string[] _features = rights is null
        ? [PeerProtocol.FollowFeature, PeerProtocol.BundleFeature]
        : [PeerProtocol.FollowFeature, PeerProtocol.BundleFeature, PeerProtocol.ReadingFeature];

    public void Map(IEndpointRouteBuilder routes)
    {
        var peer = routes.MapGroup(PeerProtocol.Root);
        peer.MapGet("/hello", () => TypedResults.Json(
            new PeerHello(identity.Node.Text, identity.Version, PeerProtocol.Version, _features, Math.Min(shelf.Repos, PeerProtocol.MostRepos)) { Tls = identity.TlsWord },
            PeerJson.Default.PeerHello));
        peer.MapPost("/cluster", (Delegate)GreetAsync);
        peer.MapPost("/reading", (Delegate)ChallengeAsync);
        peer.MapPost("/reading/proof", (Delegate)TakeProofAsync);
        peer.MapGet("/snapshot", (HttpContext context, string? repo, string? revision) => desks.For(context).Shelves.Snapshot(repo, revision));
        peer.MapPost("/blobs", (Delegate)((HttpContext context) => desks.For(context).Shelves.HoldsAsync(context)));
        peer.MapMethods("/blobs/{etag}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string etag) => desks.For(context).Bytes.WriteAsync(context, etag));
        peer.MapGet("/blobs/{etag}/chunks", (HttpContext context, string etag) => desks.For(context).Chunks.WriteAsync(context, etag));
        peer.MapPost("/blobs/{etag}/complaint", (HttpContext context, string etag) => desks.For(context).Chunks.HearComplaintAsync(context, etag));
        peer.MapPost("/follow", (Delegate)((HttpContext context) => CrowdQuestions.FollowAsync(context, desks.For(context).Follow)));
        peer.MapPost("/bundle", (Delegate)((HttpContext context) => CrowdQuestions.BundleAsync(context, desks.For(context).Bundle)));
    }

    // Who is no member finds nothing here, as at any other path that does not exist.
    async Task<Results<JsonHttpResult<PeerClusterMessage>, NotFound>> GreetAsync(HttpContext context) =>
        desks.IsMember(context) && desks.Greet(context, await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerClusterMessage, PeerProtocol.LargestClusterMessage)) is { } answer
            ? TypedResults.Json(answer, PeerJson.Default.PeerClusterMessage)
            : TypedResults.NotFound();

    async Task<Results<JsonHttpResult<PeerReadingChallenge>, NotFound>> ChallengeAsync(HttpContext context) =>
        rights is not null && AskingNode.Proven(context) is { } node
        && await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerReadingQuestion, PeerProtocol.LargestProof) is { Subject: { } subject }
        && ReadingProof.Read(subject, 32) is not null && context.Connection.RemoteIpAddress is { } address && rights.Challenge(node, address, subject) is { } challenge
            ? TypedResults.Json(challenge, PeerJson.Default.PeerReadingChallenge)
            : TypedResults.NotFound();

    async Task<Results<JsonHttpResult<PeerReadingAnswer>, NotFound>> TakeProofAsync(HttpContext context) =>
        rights is not null && AskingNode.Proven(context) is { } node
        && await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerReadingProof, PeerProtocol.LargestProof) is { } proof
        && await rights.TakeAsync(node, proof, context.RequestAborted) is { } answer
            ? TypedResults.Json(answer, PeerJson.Default.PeerReadingAnswer)
            : TypedResults.NotFound();
}
