using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>Gives peers the chunk lists of blobs on the shelf, and hears them when bytes from here were wrong.</summary>
sealed class ChunkAnswer(TransferBoard board, Shelf shelf, ChunkKeeper? keeper, BlobSender sender)
{
    // Each may cost a question to another peer and a look at some chunks.
    const int MostComplaints = 16, LongestComplaint = 1024, MostSuspected = 8 << 20;

    const string Bytes = "application/octet-stream";

    int _complaints;

    public async Task WriteAsync(HttpContext context, string text)
    {
        if (!ETag.TryParse(text, out var etag) || shelf.Describe(etag) is not { } file)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        // A long list takes the network, and for a moment memory, as a blob does.
        var asker = Asker.Peer(context);
        using var place = sender.Open.Enter(asker);
        if (place is null)
            OpenBodies.Refuse(context.Response);
        else if (board.Find(file.ETag) is { Chunks: { } known })
            await SendAsync(context, known);
        else if (keeper?.Locate(file.Blob) is var (path, length))
            await SendAsync(context, asker, path, length);
        else
            Miss(context, file);
    }

    public async Task HearComplaintAsync(HttpContext context, string text)
    {
        var dropped = ETag.TryParse(text, out var etag) && shelf.IsKnown(etag)
            && AskingNode.Said(context) is { } from
            && await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerComplaint, LongestComplaint) is { } complaint
            && board.Find(etag) is { Doubted: { } doubted } live
            && complaint.Start >= 0 && complaint.End > complaint.Start && complaint.End <= live.Blob.Size && complaint.End - complaint.Start <= MostSuspected
            && await AskAsync(doubted, new(complaint.Start, complaint.End), from, context.RequestAborted);
        await TypedResults.Json(new PeerComplaintAnswer(dropped), PeerJson.Default.PeerComplaintAnswer).ExecuteAsync(context);
    }

    async Task<bool> AskAsync(Func<ByteRange, ulong, CancellationToken, Task<bool>> doubted, ByteRange range, NodeId from, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _complaints) > MostComplaints)
        {
            Interlocked.Decrement(ref _complaints);
            return false;
        }
        try
        {
            return await doubted(range, Rendezvous.Key(from), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _complaints);
        }
    }

    async Task SendAsync(HttpContext context, Asker asker, string path, long length)
    {
        (context.Response.ContentType, context.Response.ContentLength) = (Bytes, length);
        await sender.SendAsync(context, asker, path, ByteRange.Whole(length));
    }

    static async Task SendAsync(HttpContext context, ChunkList list)
    {
        (context.Response.ContentType, context.Response.ContentLength) = (Bytes, list.WrittenLength);
        foreach (var part in list.Parts())
            await context.Response.BodyWriter.WriteAsync(part, context.RequestAborted);
    }

    // A blob that is complete has its list made when it is first asked for; one on its way has what was found out by then.
    void Miss(HttpContext context, RepoFile file)
    {
        if (shelf.Locate(file.ETag) is var (path, _))
            keeper?.Keep(path, file.Blob, file.XetId, null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
