using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>Gives peers the bytes of a blob on the shelf: from its file, or from its transfer as long as that runs.</summary>
sealed class BytesAnswer(Shelf shelf, TransferBoard board, BlobSender sender, BlobRelay relay)
{
    public Task WriteAsync(HttpContext context, string text)
    {
        if (ETag.TryParse(text, out var etag))
        {
            if (shelf.Locate(etag) is var (path, size))
            {
                context.Response.Headers[PeerProtocol.ProvenHeader] = "yes";
                return BlobAnswer.WriteAsync(context, etag, path, size, Asker.Peer(context), sender);
            }
            if (board.Find(etag) is { } live && shelf.IsKnown(etag))
                return relay.WriteAsync(context, live);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
