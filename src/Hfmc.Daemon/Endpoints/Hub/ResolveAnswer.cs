using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// The bytes of a file that the caller may read (hub-api, 2 and 15): from this disk, or as they come. One range, or everything; the same
/// headers for HEAD, GET and both kinds.
/// </summary>
sealed class ResolveAnswer(FileReadings readings, BlobSender sender, ColdBytes cold, WarmFiles warm, DoubtedBytes doubted)
{
    /// <summary>What the same question found a moment ago; null when it has to be looked up.</summary>
    public WarmFile? FindWarm(HttpContext context) => warm.Find(context.Request, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    public Task WriteAsync(HttpContext context, WarmFile file)
    {
        context.Response.Headers["X-Repo-Commit"] = file.View.Commit.Text;
        PassedAnswer.Mark(context.Response, file.View.Origin);
        return WriteAsync(context, file.View, file.Revision, file.File, file.Path, file.Bytes);
    }

    /// <param name="context">The answer to write.</param>
    /// <param name="rawTarget">What was asked, if the answer may be given again to others; else null.</param>
    /// <param name="view">The repo, whose files the caller may read.</param>
    /// <param name="revision">As he named it.</param>
    /// <param name="file">The one that he wants.</param>
    public async Task WriteAsync(HttpContext context, string? rawTarget, RepoView view, Revision revision, RepoFile file)
    {
        var held = await FindAsync(view, file, HttpMethods.IsHead(context.Request.Method));
        if (held is { IsDoubted: true } changed)
        {
            await WriteAsync(context, view, revision, file, changed.Path, null, changed);
            return;
        }
        if (held is not null)
            readings.Keep(new(view.Listing, revision, file), isLook: HttpMethods.IsHead(context.Request.Method));
        if (held is { } here && rawTarget is not null)
            warm.Note(context.Request, rawTarget, view, revision, file, here.Path);
        await WriteAsync(context, view, revision, file, held?.Path, null);
    }

    // All of a small file would be held back: it is read before a status is said.
    async Task<HeldFile?> FindAsync(RepoView view, RepoFile file, bool isHead) =>
        readings.Find(view.Repo, view.Commit, file) is not { } held ? null
        : !held.IsDoubted || isHead || file.Size > FileReading.Tail ? held
        : await readings.AgreesAsync(held) ? held with { IsDoubted = false } : null;

    async Task WriteAsync(HttpContext context, RepoView view, Revision revision, RepoFile file, string? path, byte[]? bytes, HeldFile? changed = null)
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
        // What is in memory waits for nothing, and takes nobody's place.
        using var place = isHead || bytes is not null ? null : sender.Open.Enter(asker);
        if (place is null && !isHead && bytes is null)
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
        using var here = bytes is null && path is not null ? TryOpen(path) : null;
        if (bytes is not null)
            await sender.SendAsync(context, asker, bytes.AsMemory((int)asked.Range.Start, (int)asked.Range.Length));
        else if (here is not null && changed is { } held)
            await doubted.WriteAsync(context, asker, here, held, asked.Range);
        else if (here is not null)
            await sender.SendAsync(context, asker, here, asked.Range);
        else
            await cold.WriteAsync(context, asker, new(view.Listing, revision, file), asked);
    }

    // Removed this moment: it is fetched again.
    SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return sender.OpenFile(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static bool HasIt(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.Count > 0 && request.Headers.IfNoneMatch.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(known => known is "*" || known.TrimStart('W', '/') == tag);
}
