using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints;

/// <summary>Peer protocol v1, the serving end (docs/peer-protocol.md).</summary>
static class PeerEndpoints
{
    public static void MapPeer(
        this IEndpointRouteBuilder routes, DaemonIdentity identity, PublicShelf shelf, TransferBoard board, BlobSender sender, BlobRelay relay, FollowAnswer follow, BundleAnswer bundle)
    {
        var peer = routes.MapGroup(PeerProtocol.Root);
        peer.MapGet("/hello", () => TypedResults.Json(
            new PeerHello(identity.Node.Text, identity.Version, PeerProtocol.Version, [PeerProtocol.FollowFeature, PeerProtocol.BundleFeature], Math.Min(shelf.Repos, PeerProtocol.MostRepos)), PeerJson.Default.PeerHello));
        peer.MapGet("/snapshot", (string? repo, string? revision) => Snapshot(shelf, repo, revision));
        peer.MapPost("/blobs", (Delegate)((HttpContext context) => HoldsAsync(context, shelf)));
        peer.MapMethods("/blobs/{etag}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string etag) => BytesAsync(context, etag, shelf, board, sender, relay));
        peer.MapPost("/bundle", (Delegate)((HttpContext context) => BundleAsync(context, bundle)));
        peer.MapPost("/follow", (Delegate)((HttpContext context) => FollowAsync(context, follow)));
    }

    static Results<JsonHttpResult<PeerSnapshot>, NotFound> Snapshot(PublicShelf shelf, string? repo, string? revision)
    {
        if (!RepoId.TryParse(repo, RepoType.Model, out var id) || !Revision.TryParse(revision, out var named) || shelf.Find(id, named) is not { } record)
            return TypedResults.NotFound();
        return TypedResults.Json(new PeerSnapshot(id.ApiPath, record.Commit.Text, [.. record.Files.Select(file => Describe(shelf, record, file.File))]), PeerJson.Default.PeerSnapshot);
    }

    static PeerFile Describe(PublicShelf shelf, RepoRecord record, RepoFile file) =>
        new(file.Path.Text, file.ETag.Text, file.Size, file.XetId, shelf.Locate(new Place(record.Repo, record.Commit, file)) is not null);

    static async Task<Results<JsonHttpResult<PeerBlobAnswer>, BadRequest>> HoldsAsync(HttpContext context, PublicShelf shelf)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerBlobQuestion, PeerProtocol.LargestQuestion) is not { Etags: { } etags }
            || etags.Length > PeerProtocol.MostBlobs)
            return TypedResults.BadRequest();
        var asked = new List<ETag>(etags.Length);
        foreach (var text in etags)
            if (ETag.TryParse(text, out var etag))
                asked.Add(etag);
        var held = shelf.Locate(asked).Select(found => new PeerBlob(found.ETag.Text, found.Size, Complete: true));
        return TypedResults.Json(new PeerBlobAnswer([.. held]), PeerJson.Default.PeerBlobAnswer);
    }

    static Task BytesAsync(HttpContext context, string text, PublicShelf shelf, TransferBoard board, BlobSender sender, BlobRelay relay)
    {
        if (ETag.TryParse(text, out var etag))
        {
            if (shelf.Locate(etag) is var (path, size))
            {
                context.Response.Headers[PeerProtocol.ProvenHeader] = "yes";
                return BlobAnswer.WriteAsync(context, etag, path, size, sender);
            }
            if (board.Find(etag) is { } live && shelf.IsKnown(etag))
                return relay.WriteAsync(context, live);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    static async Task FollowAsync(HttpContext context, FollowAnswer follow)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerFollowQuestion, PeerProtocol.LargestQuestion) is not { Etags: not null } question
            || Names(question.Etags) is not { } blobs || Names(question.Small ?? []) is not { } small || question.Port is <= 0 or > IPEndPoint.MaxPort)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        NodeId? asker = NodeId.TryParse(context.Request.Headers[PeerClient.NodeHeader].ToString(), out var node) ? node : null;
        var address = question.Port is { } port && context.Connection.RemoteIpAddress is { } remote
            ? new PeerAddress((remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote).ToString(), port)
            : (PeerAddress?)null;
        await follow.WriteAsync(context, blobs.ToHashSet(), small, asker, address);
    }

    static async Task BundleAsync(HttpContext context, BundleAnswer bundle)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerBlobQuestion, PeerProtocol.LargestQuestion) is not { Etags: { } etags } || Names(etags) is not { } blobs)
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        else
            await bundle.WriteAsync(context, blobs.Distinct());
    }

    // Null when they are too many, or something else.
    static List<ETag>? Names(string[] texts)
    {
        var names = new List<ETag>(Math.Min(texts.Length, PeerProtocol.MostBlobs));
        foreach (var text in texts)
        {
            if (names.Count >= PeerProtocol.MostBlobs || !ETag.TryParse(text, out var name))
                return null;
            names.Add(name);
        }
        return names;
    }
}
