using Hfmc.Core.Planning;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>The history of a revision (hub-api, 4.4): the upstream's; without one, the single commit that is known here.</summary>
sealed class HistoryAnswer(RepoViews views, PassedAnswer passed)
{
    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        var sight = await views.LookAsync(target.Repo, target.Revision, caller, context.RequestAborted);
        if (!sight.UpstreamIsSilent && await PassAsync(context, target, sight, caller) is { } answer)
        {
            await passed.WriteAsync(context, answer);
            return;
        }
        context.Response.Headers["X-Repo-Commit"] = sight.Commit.Text;
        PassedAnswer.Mark(context.Response, sight.Origin.ToString().ToLowerInvariant());
        // When it was made is known to upstreams only.
        CommitMessage known = new(sight.Commit.Text, "", "", [], DateTimeOffset.UnixEpoch);
        await context.Response.WriteAsJsonAsync([known], HubMessageJson.Default.CommitMessageArray);
    }

    async Task<UpstreamAnswer?> PassAsync(HttpContext context, HubTarget target, RepoSight sight, ViewCaller caller)
    {
        try
        {
            return await views.PassAsync(HubQuery.Of(context.Request, target.Repo, "commits", target.Revision), target.Revision, caller, context.RequestAborted);
        }
        catch (ViewException) when (sight.Answer is null)
        {
            return null; // An import, or a commit that has gone upstream since.
        }
    }
}
