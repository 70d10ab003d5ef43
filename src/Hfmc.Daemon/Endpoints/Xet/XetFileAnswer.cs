using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Daemon.Serving;
using Hfmc.Daemon.Serving.Xet;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>What an answer about a file says of its Xet id, where it says one (hub-api, 2.1 and 9.2).</summary>
sealed class XetFileAnswer(RepoViews views, XetIds ids)
{
    const string FileInfo = "application/vnd.xet-fileinfo+json";

    /// <summary>
    /// Adds the headers to an answer about the file. True when that was all the caller asked for, and it is answered: then no bytes follow.
    /// </summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, RepoView view, RepoFile file)
    {
        // A token for Xet is one for the whole commit, and nobody lists that.
        if (view is { Snapshot.IsPartial: true, Origin: not ListingOrigin.Upstream })
            return false;
        if (ids.IsMissed(file) && (await views.WithXetIdsAsync(view, context.RequestAborted)).Find(file.Path) is { } known)
            file = known;
        if (ids.Offered(new(view.Repo, view.Commit, file)) is not { } id)
            return false;
        var (request, response) = (context.Request, context.Response);
        var (token, reconstruction) = (XetAddress.OfToken(request, view.Repo, view.Commit), XetAddress.OfFile(request, id));
        response.Headers["X-Xet-Hash"] = id.ToString();
        response.Headers.Append("Link", $"<{token}>; rel=\"xet-auth\", <{reconstruction}>; rel=\"xet-reconstruction-info\"");
        response.Headers.Append("Vary", "Accept");
        if (!request.Headers.Accept.Any(accept => accept?.Contains(FileInfo, StringComparison.OrdinalIgnoreCase) is true))
            return false;
        response.Headers["X-Linked-Size"] = $"{file.Size}";
        response.Headers["X-Linked-ETag"] = response.Headers.ETag = $"\"{file.ETag}\"";
        await response.WriteAsJsonAsync(new(id.ToString(), $"\"{file.ETag}\"", file.Size, token, reconstruction), XetFileJson.Default.XetFileMessage, FileInfo, context.RequestAborted);
        return true;
    }
}
