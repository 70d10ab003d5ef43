using System.Net;
using System.Text.Json.Nodes;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>All addresses of the hub itself: who asks, which repo is meant, and who answers.</summary>
sealed class HubEndpoints(FakeHubOptions options, HubContent content, FileEndpoints files, RepoEndpoints repos, Func<Uri> endpoint)
{
    public Answer Answer(HubRequest request) => Lacking.Instead(options, request) ?? Tags.Apply(Find(request), request);

    Answer Find(HubRequest request)
    {
        var (route, token) = (request.Route, request.Token);
        if (request.Seen.Authorization is not null && content.UserOf(token) is null)
            return Refusals.BadToken;
        if (route.Verb is "list")
            return List(request, route.Repo!.Value.Type);
        if (route.Repo is not { } id)
            return Global(route, token);
        if (content.PresentName(id) is { } present)
            return Renamed(request, id, present);
        var repo = content.Find(id);
        return route.IsFile ? files.Answer(request, repo) : repos.Answer(request, repo);
    }

    Answer Global(HubRoute route, string? token) => route.Verb switch
    {
        "whoami-v2" => content.UserOf(token) is { } name ? WhoAmI(name) : Refusals.BadToken,
        "agent-harnesses" => Testing.Answer.Json(new JsonObject { ["standardEnvVars"] = new JsonArray(), ["harnesses"] = new JsonObject() }),
        "telemetry" => new Answer(HttpStatusCode.OK),
        _ => Refusals.NoSuchPage,
    };

    static Answer WhoAmI(string name) => Testing.Answer.Json(new JsonObject
    {
        ["type"] = "user",
        ["id"] = "0",
        ["name"] = name,
        ["fullname"] = name,
        ["email"] = $"{name}@example.org",
        ["orgs"] = new JsonArray(),
        ["auth"] = new JsonObject
        {
            ["type"] = "access_token",
            ["accessToken"] = new JsonObject { ["displayName"] = "test", ["role"] = "read", ["createdAt"] = "2026-01-01T00:00:00.000Z" },
        },
    });

    Answer List(HubRequest request, RepoType type)
    {
        var wanted = request.Target.Value("search") ?? "";
        var found = content.Repos.Where(repo => repo.Id.Type == type && Access.RefuseListing(repo, request.Token) is null)
            .Where(repo => repo.Id.Id.Contains(wanted, StringComparison.OrdinalIgnoreCase)).OrderBy(repo => repo.Id.Id, StringComparer.Ordinal);
        return Pages.Of([.. found], repo => RepoJson.Info(repo, repo.Find("HEAD"), withBlobs: false, withXet: false), request, endpoint(), options.PageSize);
    }

    static Answer Renamed(HubRequest request, RepoId former, RepoId present)
    {
        // The id is the first thing in the path that reads so; what follows stays as it was escaped.
        var path = request.Target.RawPath;
        var at = path.IndexOf("/" + former.Id, StringComparison.Ordinal);
        return at < 0
            ? Refusals.NoSuchRepo(request.Token)
            : Testing.Answer.Redirect(HttpStatusCode.TemporaryRedirect,
                string.Concat(path.AsSpan(0, at + 1), present.Id, path.AsSpan(at + 1 + former.Id.Length)) + request.Target.RawQuery);
    }
}
