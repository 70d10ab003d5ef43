using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>What of the Hub's API a request names.</summary>
enum HubResource
{
    Info,
    Tree,
    File,
}

/// <summary>
/// The target of a Hub request, from its raw path (hub-api, 1): Kestrel leaves <c>%2F</c> undecoded and resolves dots, so the
/// request line itself is read. A revision may be one escaped segment or, for <c>refs/…</c>, several plain ones.
/// </summary>
readonly record struct HubTarget(HubResource Resource, RepoId Repo, Revision Revision, FilePath? Path)
{
    /// <summary>Null when the path is none of those that are served.</summary>
    public static HubTarget? Parse(string rawTarget)
    {
        var path = rawTarget.Split('?', 2)[0];
        string[] segments = [.. path.Split('/').Skip(1).Select(Uri.UnescapeDataString)];
        return segments is ["api", var type, .. var rest] && RepoTypes.TryParse(type, out var repoType)
            ? ParseApi(repoType, rest)
            : ParseFile(segments);
    }

    static HubTarget? ParseApi(RepoType type, string[] segments)
    {
        var at = Array.FindIndex(segments, segment => segment is "revision" or "tree");
        if (RepoId.TryParse(string.Join('/', at < 0 ? segments : segments[..at]), type, out var repo) is false)
            return null;
        if (at < 0)
            return new(HubResource.Info, repo, Revision.Main, null);
        if (Split(segments[(at + 1)..]) is not var (revision, rest))
            return null;
        if (segments[at] is "revision")
            return rest.Length is 0 ? new(HubResource.Info, repo, revision, null) : null;
        if (rest.Length is 0)
            return new(HubResource.Tree, repo, revision, null);
        return FilePath.TryParse(string.Join('/', rest), out var folder) ? new(HubResource.Tree, repo, revision, folder) : null;
    }

    static HubTarget? ParseFile(string[] segments)
    {
        var at = Array.IndexOf(segments, "resolve");
        return at is > 0 and <= 3 && RepoId.TryParse(string.Join('/', segments[..at]), RepoType.Model, out var repo)
            && Split(segments[(at + 1)..]) is var (revision, rest) && FilePath.TryParse(string.Join('/', rest), out var path)
                ? new(HubResource.File, repo, revision, path)
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
