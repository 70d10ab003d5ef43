using Hfmc.Core.Hub;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>An upstream's no, as the caller is told it: in its own words where it has the Hub's, in the Hub's where it has none.</summary>
static class UpstreamNo
{
    const int Unauthorized = 401, NotFound = 404;

    public static ViewException Of(HubReply no, Revision? revision, ViewCaller caller)
    {
        var (code, message) = (no["X-Error-Code"], no["X-Error-Message"]);
        return (code, no.Status) switch
        {
            (not null, _) => new(no.Status, code, message ?? code) { Commit = CommitId.TryParse(no["X-Repo-Commit"], out var commit) ? commit : null },
            // A token that is not valid; clients know it by this message, and by no code.
            (_, Unauthorized) when message is not null => new(no.Status, null, message),
            (_, Unauthorized or NotFound) when revision is not null => ViewException.NoSuchRepo(caller),
            _ => new(no.Status, null, message ?? $"The upstream answers {no.Status}"),
        };
    }
}
