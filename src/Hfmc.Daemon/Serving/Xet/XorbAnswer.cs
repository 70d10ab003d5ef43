using System.Security.Cryptography;
using System.Text;
using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// Sends bytes of xorbs to whoever has a link to them: one range as it is, several as <c>multipart/byteranges</c> (RFC 9110, 14.6). A link
/// that is not good, for whatever reason, is answered with 403, upon which clients ask for the file again.
/// </summary>
sealed class XorbAnswer(XorbLinks links, XetGrants grants, XetFiles files, XetShapes shapes, BlobSender sender)
{
    const string Bytes = "application/octet-stream";

    public async Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (links.Read(target) is not { } link || grants.Find(link.Grant) is not { } grant || shapes.Open(link.Blob, link.Run, link.IsEven) is not { } xorb)
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        response.Headers.AcceptRanges = "bytes";
        var (status, ranges) = XorbRanges.Read(request, link);
        response.StatusCode = status;
        if (status is StatusCodes.Status416RangeNotSatisfiable)
            response.Headers.ContentRange = $"bytes */{link.Run.PackedLength}";
        if (ranges.Count is 0)
            return;
        var asker = Asker.Client(context);
        using var place = sender.Open.Enter(asker);
        if (place is null)
        {
            OpenBodies.Refuse(response);
            return;
        }
        var (start, _) = xorb.FileRange((int)ranges[0].Start, (int)ranges[0].End);
        var (_, end) = xorb.FileRange((int)ranges[^1].Start, (int)ranges[^1].End);
        await using var bytes = await files.OpenAsync(grant, link.Blob, new(start, end), context.RequestAborted);
        if (bytes is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await TrySendAsync(context, link, new(bytes, xorb, sender, asker), ranges);
    }

    // An answer that has begun is cut off, so that nobody takes what he has for all of it.
    async Task TrySendAsync(HttpContext context, XorbLink link, XorbBody body, IReadOnlyList<ByteRange> ranges)
    {
        try
        {
            await SendAsync(context, body, ranges);
        }
        catch (HfmcException error)
        {
            if (error is ShownWrongException)
                shapes.Forget(link.Blob);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }
            context.Response.Clear();
            throw new ViewException(StatusCodes.Status503ServiceUnavailable, null, error.Message);
        }
    }

    static async Task SendAsync(HttpContext context, XorbBody body, IReadOnlyList<ByteRange> ranges)
    {
        var response = context.Response;
        if (ranges is [var only])
        {
            if (response.StatusCode is StatusCodes.Status206PartialContent)
                response.Headers.ContentRange = ContentRange(only, body);
            response.ContentType = Bytes;
            response.ContentLength = only.Length;
            await body.WriteAsync(context, only);
            return;
        }

        // Random, so that no bytes of a file can be taken for it.
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var heads = ranges.Select((range, i) => Encoding.ASCII.GetBytes(
            $"{(i is 0 ? "" : "\r\n")}--{boundary}\r\nContent-Type: {Bytes}\r\nContent-Range: {ContentRange(range, body)}\r\n\r\n")).ToArray();
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        response.ContentType = $"multipart/byteranges; boundary={boundary}";
        response.ContentLength = heads.Sum(head => head.Length) + ranges.Sum(range => range.Length) + end.Length;
        foreach (var (range, head) in ranges.Zip(heads))
        {
            await response.BodyWriter.WriteAsync(head, context.RequestAborted);
            await body.WriteAsync(context, range);
        }
        await response.BodyWriter.WriteAsync(end, context.RequestAborted);
    }

    static string ContentRange(ByteRange range, XorbBody body) => $"bytes {range}/{body.Length}";
}
