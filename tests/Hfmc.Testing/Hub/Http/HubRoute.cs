using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>What an address of the hub means. <c>Verb</c> is the word after the repo (<c>resolve</c>, <c>tree</c>, <c>info</c> for none).</summary>
sealed record HubRoute(string Verb, RepoId? Repo = null, string? Revision = null, string Path = "")
{
    static readonly HashSet<string> Verbs = new(StringComparer.Ordinal)
    {
        "revision", "tree", "refs", "auth-check", "paths-info", "commits", "xet-read-token",
    };

    public static HubRoute Unknown { get; } = new("unknown");

    public bool IsFile => Verb is "resolve" or "raw" or "resolve-cache";

    public static HubRoute Parse(string[] segments) => segments switch
    {
        ["api", "whoami-v2"] => new("whoami-v2"),
        ["api", "agent-harnesses"] => new("agent-harnesses"),
        ["api", "telemetry", ..] => new("telemetry"),
        ["api", "resolve-cache", var type, .. var rest] when RepoTypes.TryParse(type, out var known) => Cached(known, rest),
        ["api", var type] when RepoTypes.TryParse(type, out var known) => new("list", new RepoId(known, null, "")),
        ["api", var type, .. var rest] when RepoTypes.TryParse(type, out var known) => OfRepo(known, rest),
        ["datasets" or "spaces", .. var rest] when RepoTypes.TryParse(segments[0], out var known) => File(known, rest),
        _ => File(RepoType.Model, segments),
    };

    static HubRoute Cached(RepoType type, string[] rest)
    {
        // {ns}/{name}/{commit}/{path}, or {name}/{commit}/{path} for the oldest repos.
        var at = Array.FindIndex(rest, segment => CommitId.TryParse(segment, out _));
        return at is 1 or 2 && at + 1 < rest.Length
            ? At("resolve-cache", type, rest[..at], rest[at], rest[(at + 1)..])
            : Unknown;
    }

    static HubRoute File(RepoType type, string[] segments)
    {
        var at = Array.FindIndex(segments, segment => segment is "resolve" or "raw");
        if (at is not (1 or 2) || at + 2 >= segments.Length)
            return Unknown;
        var (revision, next) = RevisionAt(segments, at + 1);
        return next < segments.Length ? At(segments[at], type, segments[..at], revision, segments[next..]) : Unknown;
    }

    static HubRoute OfRepo(RepoType type, string[] rest)
    {
        var length = rest.Length is 1 || Verbs.Contains(rest[1]) ? 1 : 2;
        if (rest.Length == length)
            return At("info", type, rest, null, []);
        if (!Verbs.Contains(rest[length]))
            return Unknown;
        if (rest.Length == length + 1)
            return At(rest[length], type, rest[..length], null, []);
        var (revision, next) = RevisionAt(rest, length + 1);
        return At(rest[length], type, rest[..length], revision, rest[next..]);
    }

    // refs/pr/7 and refs/convert/x span three segments when the slashes were sent raw.
    static (string Revision, int Next) RevisionAt(string[] segments, int at) =>
        segments[at] is "refs" && at + 2 < segments.Length ? (string.Join('/', segments[at..(at + 3)]), at + 3) : (segments[at], at + 1);

    static HubRoute At(string verb, RepoType type, string[] id, string? revision, string[] path) =>
        RepoId.TryParse(string.Join('/', id), type, out var repo) ? new(verb, repo, revision, string.Join('/', path)) : Unknown;
}
