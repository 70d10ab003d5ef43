using System.Text.Json.Nodes;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>A search for repos, passed on; without an upstream the public repos of this cache are what there is to find.</summary>
sealed class SearchAnswer(RepoViews views, PublicShelf shelf, PassedAnswer passed)
{
    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        if (await views.PassAsync(new HubQuestion($"api/{target.Repo.Type.Plural()}{context.Request.QueryString}"), caller, context.RequestAborted) is { } answer)
        {
            await passed.WriteAsync(context, answer);
            return;
        }
        var query = context.Request.Query;
        var (words, author) = (query["search"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries), query["author"].ToString());
        var found = shelf.Repositories().Where(repo => repo.Type == target.Repo.Type
            && (author.Length is 0 || repo.Owner == author)
            && Array.TrueForAll(words, word => repo.Id.Contains(word, StringComparison.OrdinalIgnoreCase)));
        if (int.TryParse(query["limit"].ToString(), out var limit) && limit >= 0)
            found = found.Take(limit);
        PassedAnswer.Mark(context.Response, "cache");
        await PassedAnswer.WriteJsonAsync(context, new JsonArray([.. found.Select(Json)]));
    }

    static JsonNode Json(RepoId repo) => new JsonObject
    {
        ["id"] = repo.Id,
        ["modelId"] = repo.Type is RepoType.Model ? repo.Id : null,
        ["private"] = false,
        ["downloads"] = 0,
        ["likes"] = 0,
        ["tags"] = new JsonArray(),
    };
}
