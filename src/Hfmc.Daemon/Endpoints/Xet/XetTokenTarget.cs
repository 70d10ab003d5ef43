using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>The repo and revision that a request for a token names: <c>/api/TYPEs/ID/xet-read-token/REVISION</c>, from its raw path, as slashes may be escaped in it.</summary>
static class XetTokenTarget
{
    public const string Verb = "xet-read-token";

    public static (RepoId Repo, Revision Revision)? Parse(string rawTarget)
    {
        string[] segments = [.. rawTarget.Split('?', 2)[0].Split('/').Skip(1).Select(Uri.UnescapeDataString)];
        var at = Array.IndexOf(segments, Verb);
        return segments is ["api", var plural, ..] && at is 3 or 4 && RepoTypes.TryParse(plural, out var type) && plural == type.Plural()
            && RepoId.TryParse(string.Join('/', segments[2..at]), type, out var repo)
            && Revision.TryParse(string.Join('/', segments[(at + 1)..]), out var revision)
                ? (repo, revision)
                : null;
    }
}
