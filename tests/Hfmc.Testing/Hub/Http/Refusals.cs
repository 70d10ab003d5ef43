using System.Net;
using System.Text.Json.Nodes;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>The hub's errors: a code and a message, in headers and as JSON.</summary>
static class Refusals
{
    public static Answer BadToken => Refuse(HttpStatusCode.Unauthorized, null, "Invalid credentials in Authorization header");

    public static Answer NoSuchPage => Refuse(HttpStatusCode.NotFound, null, "Sorry, we can't find the page you are looking for.");

    /// <summary>Whether a repo exists is told to nobody who may not read it: 401 without a token, 404 with one.</summary>
    public static Answer NoSuchRepo(string? token) => token is null
        ? Refuse(HttpStatusCode.Unauthorized, "RepoNotFound", "Invalid username or password.")
        : Refuse(HttpStatusCode.NotFound, "RepoNotFound", "Repository not found");

    public static Answer NoSuchRevision(string revision) =>
        Refuse(HttpStatusCode.NotFound, "RevisionNotFound", $"Invalid rev id: {revision}");

    public static Answer NoSuchEntry(FakeCommit commit) =>
        Refuse(HttpStatusCode.NotFound, "EntryNotFound", "Entry not found").With("X-Repo-Commit", commit.Id.Text);

    public static Answer Gated(RepoId repo, string? token) => token is null
        ? Refuse(HttpStatusCode.Unauthorized, "GatedRepo",
            $"Access to {repo.Type.Singular()} {repo.Id} is restricted. You must have access to it and be authenticated to access it. Please log in.")
        : Refuse(HttpStatusCode.Forbidden, "GatedRepo",
            $"Access to {repo.Type.Singular()} {repo.Id} is restricted and you are not in the authorized list.");

    static Answer Refuse(HttpStatusCode status, string? code, string message)
    {
        var answer = new Answer(status, BytesContent.Of(new JsonObject { ["error"] = message }.ToJsonString()))
            .With("Content-Type", "application/json; charset=utf-8")
            .With("X-Error-Message", message);
        return code is null ? answer : answer.With("X-Error-Code", code);
    }
}
