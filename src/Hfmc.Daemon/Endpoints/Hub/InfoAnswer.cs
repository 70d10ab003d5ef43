using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hfmc.Core.Hashing;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// Repo info (hub-api, 4.1). The upstream's own JSON where it answers; made of what is known here where none does, with the files in
/// full: older clients take the list of what to download from it.
/// </summary>
sealed class InfoAnswer(RepoViews views, XetOffers xet, PassedAnswer passed)
{
    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        var sight = await views.LookAsync(target.Repo, target.Revision, caller, context.RequestAborted);
        var expanded = HubQuery.Expanded(context.Request);
        if (expanded.Count > 0 || HubQuery.Has(context.Request, "securityStatus"))
        {
            var question = HubQuery.Of(context.Request, target.Repo, target.Revision.Text is "HEAD" ? "" : "revision", target.Revision.Text is "HEAD" ? null : target.Revision);
            // These are numbers of the day, also of a commit.
            if (await PassAsync(sight, question with { IsOfCommit = false }, target, caller, context.RequestAborted) is { } answer)
            {
                await passed.WriteAsync(context, answer);
                return;
            }
        }
        await WriteAsync(context, await JsonAsync(sight, target, HubQuery.Has(context.Request, "blobs"), expanded, context.RequestAborted), sight);
    }

    async Task<UpstreamAnswer?> PassAsync(RepoSight sight, HubQuestion question, HubTarget target, ViewCaller caller, CancellationToken cancellationToken)
    {
        if (sight.Origin is ListingOrigin.Peers || sight.UpstreamIsSilent)
            return null;
        try
        {
            return await views.PassAsync(question, target.Revision, caller, cancellationToken);
        }
        catch (ViewException no) when (sight.Origin is ListingOrigin.Cache && no.Code is not null)
        {
            return null; // An import, or a commit that has gone upstream since.
        }
    }

    async Task<JsonObject> JsonAsync(
        RepoSight sight, HubTarget target, bool withBlobs, IReadOnlyList<string> expanded, CancellationToken cancellationToken)
    {
        var said = sight.Answer is { } answer ? xet.Clean(answer.Reply.Body) as JsonObject : null;
        if (said is not null && !withBlobs && expanded.Count is 0)
            return said;
        var view = await views.ListAsync(sight, target.Revision, cancellationToken);
        var info = said ?? Own(view);
        info["siblings"] = Siblings(view, withBlobs);
        return expanded.Count is 0 ? info : Only(info, [.. expanded, "_id", "id"]);
    }

    static Task WriteAsync(HttpContext context, JsonObject info, RepoSight sight)
    {
        context.Response.Headers["X-Repo-Commit"] = sight.Commit.Text;
        PassedAnswer.Mark(context.Response, sight.Origin.ToString().ToLowerInvariant());
        return PassedAnswer.WriteJsonAsync(context, info);
    }

    // What an upstream once said of it, if that is known, else what can be told without one.
    JsonObject Own(RepoView view)
    {
        if (view.Info is { } kept && xet.Clean(Encoding.UTF8.GetBytes(kept)) is JsonObject said)
        {
            said["sha"] = view.Commit.Text;
            return said;
        }
        var info = new JsonObject { ["id"] = view.Repo.Id };
        if (view.Repo.Type is RepoType.Model)
            info["modelId"] = view.Repo.Id;
        if (view.Repo.Owner is { } owner)
            info["author"] = owner;
        info["sha"] = view.Commit.Text;
        info["private"] = !view.IsPublic && view.Origin is not ListingOrigin.Peers;
        info["gated"] = false;
        info["disabled"] = false;
        info["downloads"] = 0;
        info["likes"] = 0;
        info["tags"] = new JsonArray();
        return info;
    }

    static JsonObject Only(JsonObject info, HashSet<string> names)
    {
        foreach (var name in info.Select(member => member.Key).Except(names).ToList())
            info.Remove(name);
        return info;
    }

    static JsonNode? Siblings(RepoView view, bool withBlobs) =>
        JsonSerializer.SerializeToNode([.. view.Snapshot.Files.Select(file => Sibling(file, withBlobs))], HubMessageJson.Default.SiblingMessageArray);

    static SiblingMessage Sibling(RepoFile file, bool withBlobs) => (withBlobs, file.ETag.Kind) switch
    {
        (false, _) => new(file.Path.Text),
        (_, DigestKind.GitSha1) => new(file.Path.Text, file.Size, file.ETag.Text),
        _ => new(file.Path.Text, file.Size, LfsPointer.Id(file.Blob).Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length)),
    };
}
