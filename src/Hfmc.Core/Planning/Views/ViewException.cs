using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>What a caller is told in place of an answer, in the Hub's own words, which clients know (hub-api, 5 and 15).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code"><c>X-Error-Code</c>, or null where the Hub sends none.</param>
/// <param name="message"><c>X-Error-Message</c>.</param>
public sealed class ViewException(int status, string? code, string message) : Exception(message)
{
    public const string RepoNotFound = "RepoNotFound", RevisionNotFound = "RevisionNotFound", EntryNotFound = "EntryNotFound", GatedRepo = "GatedRepo";

    const int Unauthorized = 401, Forbidden = 403, NotFound = 404, TooManyRequests = 429;

    public int Status { get; } = status;

    public string? Code { get; } = code;

    /// <summary>Of a path that a commit does not have.</summary>
    public CommitId? Commit { get; init; }

    /// <summary>When to ask again; null for an answer that holds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>An upstream knows, and wants to be left alone for so long: a client that waits gets its answer.</summary>
    public static ViewException AskedToWait(TimeSpan wait) =>
        new(TooManyRequests, null, $"the upstream asks to wait for {Math.Ceiling(wait.TotalSeconds)} s") { RetryAfter = wait };

    /// <summary>Nobody who could say is reached, and what is here is not for this caller: a client need not try again soon.</summary>
    public static ViewException NotHere(RepoId repo, Revision revision, string why) =>
        new(NotFound, RepoNotFound, $"{repo}@{revision} is not in this cache, and {why}");

    /// <summary>As the Hub says it: whether a repo exists is told to nobody who may not read it.</summary>
    public static ViewException NoSuchRepo(ViewCaller caller) => caller.Token is null
        ? new(Unauthorized, RepoNotFound, "Repository not found")
        : new(NotFound, RepoNotFound, "Repository not found");

    public static ViewException NoSuchRevision(Revision revision) => new(NotFound, RevisionNotFound, $"Invalid rev id: {revision}");

    public static ViewException NoSuchEntry(CommitId commit, string message = "Entry not found") => new(NotFound, EntryNotFound, message) { Commit = commit };

    public static ViewException Gated(RepoId repo, ViewCaller caller) => caller.Token is null
        ? new(Unauthorized, GatedRepo, $"Access to {repo.Type.Singular()} {repo.Id} is restricted. You must have access to it and be authenticated to access it. Please log in.")
        : new(Forbidden, GatedRepo, $"Access to {repo.Type.Singular()} {repo.Id} is restricted and you are not in the authorized list.");
}
