using Hfmc.Core.Hashing;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// What git holds of a file (hub-api, 1): of a large one the text of its pointer, which follows from its digest and size; of others
/// the bytes, which a HEAD does not need.
/// </summary>
static class RawAnswer
{
    /// <summary>False when the bytes of the file itself are wanted.</summary>
    public static async Task<bool> TryAnswerAsync(HttpContext context, RepoFile file)
    {
        var (response, isHead) = (context.Response, HttpMethods.IsHead(context.Request.Method));
        var isPointer = file.ETag.Kind is DigestKind.Sha256;
        response.ContentType = "text/plain; charset=utf-8";
        if (!isPointer && !isHead)
            return false;
        response.Headers.ETag = $"\"{(isPointer ? LfsPointer.Id(file.Blob) : file.ETag)}\"";
        response.ContentLength = isPointer ? LfsPointer.Bytes(file.Blob).Length : file.Size;
        if (!isHead)
            await response.Body.WriteAsync(LfsPointer.Bytes(file.Blob), context.RequestAborted);
        return true;
    }
}
