using Hfmc.Core.Peers;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints.Peer;

/// <summary>Peer protocol v1, the serving end: which question is answered by what (docs/peer-protocol.md).</summary>
sealed class PeerEndpoints(DaemonIdentity identity, PublicShelf shelf, ShelfAnswers shelves, BytesAnswer bytes, FollowAnswer follow, BundleAnswer bundle, ChunkAnswer chunks)
{
    static readonly string[] s_features = [PeerProtocol.FollowFeature, PeerProtocol.BundleFeature];

    public void Map(IEndpointRouteBuilder routes)
    {
        var peer = routes.MapGroup(PeerProtocol.Root);
        peer.MapGet("/hello", () => TypedResults.Json(
            new PeerHello(identity.Node.Text, identity.Version, PeerProtocol.Version, s_features, Math.Min(shelf.Repos, PeerProtocol.MostRepos)) { Tls = identity.TlsWord },
            PeerJson.Default.PeerHello));
        peer.MapGet("/snapshot", (string? repo, string? revision) => shelves.Snapshot(repo, revision));
        peer.MapPost("/blobs", (Delegate)((HttpContext context) => shelves.HoldsAsync(context)));
        peer.MapMethods("/blobs/{etag}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string etag) => bytes.WriteAsync(context, etag));
        peer.MapGet("/blobs/{etag}/chunks", (HttpContext context, string etag) => chunks.WriteAsync(context, etag));
        peer.MapPost("/blobs/{etag}/complaint", (HttpContext context, string etag) => chunks.HearComplaintAsync(context, etag));
        peer.MapPost("/follow", (Delegate)((HttpContext context) => CrowdQuestions.FollowAsync(context, follow)));
        peer.MapPost("/bundle", (Delegate)((HttpContext context) => CrowdQuestions.BundleAsync(context, bundle)));
    }
}
