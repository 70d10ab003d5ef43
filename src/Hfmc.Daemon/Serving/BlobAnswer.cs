using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>Answers a request for a blob: 200, 206, 304, 416 or 503 with the headers that belong to them, and the bytes unless it was a HEAD.</summary>
static class BlobAnswer
{
    public static async Task WriteAsync(HttpContext context, ETag etag, string path, long size, Asker asker, BlobSender sender)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = $"\"{etag}\"";
        response.Headers.AcceptRanges = "bytes";
        if (request.Headers.IfNoneMatch.Any(value => ETag.TryParseHeader(value, out var known) && known == etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (!RequestedRange.TryRead(request, size, out var range))
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{size}";
            return;
        }

        using var place = HttpMethods.IsHead(request.Method) ? null : sender.Open.Enter(asker);
        if (place is null && !HttpMethods.IsHead(request.Method))
        {
            OpenBodies.Refuse(response);
            return;
        }
        var sent = range ?? ByteRange.Whole(size);
        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {sent}/{size}";
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = sent.Length;
        if (place is not null)
            await sender.SendAsync(context, asker, path, sent);
    }
}
