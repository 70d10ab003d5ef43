using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// The bytes of a file that the caller may read (hub-api, 2 and 15): from this disk, or as they come. One range, or everything; the same
/// headers for HEAD, GET and both kinds.
/// </summary>
sealed class ResolveAnswer(FileReadings readings, BlobSender sender, ColdBytes cold)
{
    public async Task WriteAsync(HttpContext context, RepoView view, Revision revision, RepoFile file)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = $"\"{file.ETag}\"";
        response.Headers.ETag = response.Headers["X-Linked-ETag"] = tag;
        response.Headers["X-Linked-Size"] = $"{file.Size}";
        response.Headers.AcceptRanges = "bytes";
        if (HasIt(request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        if (!AskedBytes.TryRead(request, file.Size, tag, readings.WasWrong(file.ETag), out var asked))
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{file.Size}";
            return;
        }

        var isHead = HttpMethods.IsHead(request.Method);
        var asker = Asker.Client(context);
        using var place = isHead ? null : sender.Open.Enter(asker);
        if (place is null && !isHead)
        {
            OpenBodies.Refuse(response);
            return;
        }
        if (asked.ContentRange is { } contentRange)
            response.Headers.ContentRange = contentRange;
        response.StatusCode = asked.IsPart ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        response.ContentType = "application/octet-stream";
        response.ContentLength = asked.Range.Length;
        if (isHead)
            return;
        if (readings.Locate(view.Repo, view.Commit, file) is { } path)
            await sender.SendAsync(context, asker, path, asked.Range);
        else
            await cold.WriteAsync(context, asker, new(view.Listing, revision, file), asked);
    }

    static bool HasIt(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(known => known is "*" || known.TrimStart('W', '/') == tag);
}
