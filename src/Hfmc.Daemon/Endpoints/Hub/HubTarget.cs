using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>What of the Hub's API a request names (hub-api, 14).</summary>
enum HubResource
{
    Info,
    Tree,
    PathsInfo,
    Refs,
    Commits,
    AuthCheck,
    XetToken,
    File,

    /// <summary>What git holds: of a large file its pointer.</summary>
    Raw,

    /// <summary>The repos of a type.</summary>
    Search,
    WhoAmI,
    AgentHarnesses,
    Telemetry,

    /// <summary>Something that only upstreams know, and that is passed on as it is.</summary>
    Passed,
}

/// <summary>
/// The target of a Hub request, from its raw path (hub-api, 1): Kestrel leaves <c>%2F</c> undecoded and resolves dots, so the
/// request line itself is read. A revision may be one escaped segment or, for <c>refs/…</c>, several plain ones.
/// </summary>
/// <param name="Resource">What is asked for.</param>
/// <param name="Repo">Of a search only its type counts.</param>
/// <param name="Revision"><c>HEAD</c> where none is named.</param>
/// <param name="Path">A file or folder of the repo.</param>
readonly record struct HubTarget(HubResource Resource, RepoId Repo = default, Revision Revision = default, FilePath? Path = null)
{
    static readonly Revision s_head = Revision.Parse("HEAD");

    /// <summary>Null when the path is none of those that are served.</summary>
    public static HubTarget? Parse(string rawTarget)
    {
        var path = rawTarget.Split('?', 2)[0];
        string[] segments = [.. path.Split('/').Skip(1).Select(Uri.UnescapeDataString)];
        return segments switch
        {
            ["api", "whoami-v2"] => new(HubResource.WhoAmI),
            ["api", "agent-harnesses"] => new(HubResource.AgentHarnesses),
            ["api", "telemetry", ..] => new(HubResource.Telemetry),
            ["api", "resolve-cache", var type, .. var rest] => TypeOf(type) is { } known ? ParseCached(known, rest) : null,
            // The cache has no place for kernels, but clients may ask about them.
            ["api", "kernels", .. var rest] => Array.TrueForAll(rest, IsPlain) ? new(HubResource.Passed) : null,
            ["api", var type, .. var rest] => TypeOf(type) is { } known ? ParseApi(known, rest) : null,
            ["api"] => null,
            _ => ParseFile(segments),
        };
    }

    // Only as it stands in addresses: "models", not "model".
    static RepoType? TypeOf(string plural) => RepoTypes.TryParse(plural, out var type) && type.Plural() == plural ? type : null;

    // Beside another segment it is no drive.
    static bool IsPlain(string segment) => FilePath.TryParse($"at/{segment}", out _);

    static HubTarget? ParseApi(RepoType type, string[] segments)
    {
        if (segments is [] or [""])
            return new(HubResource.Search, new(type, null, ""));
        var at = Array.FindIndex(segments, 1, segment => ResourceOf(segment) is not null);
        if (!RepoId.TryParse(string.Join('/', at < 0 ? segments : segments[..at]), type, out var repo) || repo.Type != type)
            return null;
        if (at < 0)
            return new(HubResource.Info, repo, s_head);
        var (resource, after) = (ResourceOf(segments[at]), segments[(at + 1)..]);
        return resource switch
        {
            HubResource.Refs or HubResource.AuthCheck => after is [] ? new(resource.Value, repo, s_head) : null,
            HubResource.Tree => ParseTree(repo, after),
            _ => Split(after) is var (revision, rest) && rest is [] ? new(resource!.Value, repo, revision) : null,
        };
    }

    static HubResource? ResourceOf(string segment) => segment switch
    {
        "revision" => HubResource.Info,
        "tree" => HubResource.Tree,
        "paths-info" => HubResource.PathsInfo,
        "refs" => HubResource.Refs,
        "commits" => HubResource.Commits,
        "auth-check" => HubResource.AuthCheck,
        "xet-read-token" => HubResource.XetToken,
        _ => null,
    };

    static HubTarget? ParseTree(RepoId repo, string[] segments)
    {
        if (Split(segments) is not var (revision, rest))
            return null;
        if (rest is [] or [""])
            return new(HubResource.Tree, repo, revision);
        return FilePath.TryParse(string.Join('/', rest).TrimEnd('/'), out var folder) ? new(HubResource.Tree, repo, revision, folder) : null;
    }

    // {owner}/{name}/{commit}/{path}, or {name}/{commit}/{path} for the oldest repos.
    static HubTarget? ParseCached(RepoType type, string[] segments)
    {
        var at = Array.FindIndex(segments, segment => CommitId.TryParse(segment, out _));
        return at is 1 or 2 && RepoId.TryParse(string.Join('/', segments[..at]), type, out var repo) && repo.Type == type
            && FilePath.TryParse(string.Join('/', segments[(at + 1)..]), out var path)
                ? new(HubResource.File, repo, Revision.Parse(segments[at]), path)
                : null;
    }

    static HubTarget? ParseFile(string[] segments)
    {
        var at = Array.FindIndex(segments, segment => segment is "resolve" or "raw");
        return at is > 0 and <= 3 && RepoId.TryParse(string.Join('/', segments[..at]), RepoType.Model, out var repo)
            && Split(segments[(at + 1)..]) is var (revision, rest) && FilePath.TryParse(string.Join('/', rest), out var path)
                ? new(segments[at] is "raw" ? HubResource.Raw : HubResource.File, repo, revision, path)
                : null;
    }

    static (Revision Revision, string[] Others)? Split(string[] segments)
    {
        var length = segments is ["refs", _, _, ..] ? 3 : 1;
        return segments.Length >= length && Revision.TryParse(string.Join('/', segments[..length]), out var revision)
            ? (revision, segments[length..])
            : null;
    }
}
