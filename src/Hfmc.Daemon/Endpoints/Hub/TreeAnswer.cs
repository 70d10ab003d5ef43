using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// The files of a commit (hub-api, 4.2), from what is known here. Only an upstream can say which commit changed a file last, or list a repo
/// that is so big that its list is not here yet: those questions are passed on.
/// </summary>
sealed class TreeAnswer(RepoViews views, TreeEntries entries, PassedAnswer passed)
{
    // As many as nearly all repos have: some clients (llama.cpp) read one page only.
    const int LargestPage = 50_000;

    const string OwnCursor = "hfmc.";

    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        var request = context.Request;
        var cursor = request.Query["cursor"].ToString();
        var isTheirs = cursor.Length > 0 && !cursor.StartsWith(OwnCursor, StringComparison.Ordinal);
        var view = isTheirs ? null : await views.FindSoonAsync(target.Repo, target.Revision, caller, context.RequestAborted);
        if ((view is null || HubQuery.Has(request, "expand")) && await PassAsync(request, target, view, caller, context.RequestAborted) is { } answer)
            await passed.WriteAsync(context, answer);
        else if (view is not null)
            await WriteAsync(context, view, target.Path, After(cursor));
        else
            throw ViewException.NotHere(target.Repo, target.Revision, "its list of files is not here yet");
    }

    async Task<UpstreamAnswer?> PassAsync(HttpRequest request, HubTarget target, RepoView? view, ViewCaller caller, CancellationToken cancellationToken)
    {
        if (view is { Origin: ListingOrigin.Peers })
            return null;
        var revision = view is null ? target.Revision : Revision.Parse(view.Commit.Text);
        try
        {
            return await views.PassAsync(HubQuery.Of(request, target.Repo, "tree", revision, target.Path), target.Revision, caller, cancellationToken);
        }
        catch (ViewException) when (view is { Origin: ListingOrigin.Cache })
        {
            return null; // An import, or a commit that has gone upstream since.
        }
    }

    async Task WriteAsync(HttpContext context, RepoView view, FilePath? folder, string? after)
    {
        var request = context.Request;
        var found = entries.Below(view, folder, HubQuery.Has(request, "recursive"), after) ?? throw ViewException.NoSuchEntry(view.Commit);
        var limit = int.TryParse(request.Query["limit"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            ? Math.Clamp(wanted, 1, LargestPage)
            : LargestPage;
        TreeMessage[] page = [.. found.Take(limit + 1)];
        context.Response.Headers["X-Repo-Commit"] = view.Commit.Text;
        PassedAnswer.Mark(context.Response, view.Origin.ToString().ToLowerInvariant());
        if (page.Length > limit)
        {
            page = page[..limit];
            context.Response.Headers.Link = NextPage(context, page[^1].Path);
        }
        await context.Response.WriteAsJsonAsync(page, HubMessageJson.Default.TreeMessageArray);
    }

    // The next page begins after a path, so that it needs no memory of this one.
    static string NextPage(HttpContext context, string last)
    {
        var query = context.Request.Query.Where(pair => pair.Key is not "cursor")
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"))
            .Append($"cursor={OwnCursor}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last))}");
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        return $"<{PassedAnswer.HostOf(context)}{path}?{string.Join('&', query)}>; rel=\"next\"";
    }

    static string? After(string cursor) =>
        cursor.StartsWith(OwnCursor, StringComparison.Ordinal) && Base64Url.IsValid(cursor.AsSpan(OwnCursor.Length))
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor.AsSpan(OwnCursor.Length)))
            : null;
}
