using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>The branches and tags of a repo (hub-api, 4.4): the upstream's, else those that are known here.</summary>
sealed class RefsAnswer(RepoViews views, PassedAnswer passed)
{
    const string Convert = "refs/convert/", PullRequest = "refs/pr/";

    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        ViewException? no = null;
        try
        {
            if (await views.PassAsync(HubQuery.Of(context.Request, target.Repo, "refs"), target.Revision, caller, context.RequestAborted) is { } answer)
            {
                views.NoteRefs(target.Repo, answer);
                await passed.WriteAsync(context, answer);
                return;
            }
        }
        catch (ViewException refusal)
        {
            no = refusal; // An import, which no upstream knows, has refs too.
        }

        var named = views.RefsHere(target.Repo).Select(found => (found.Revision.Text, Commit: found.Commit.GetValueOrDefault())).ToList();
        if (named.Count is 0)
        {
            // Peers do not list refs, but know main.
            var view = await LookAsync(target, caller, no, context.RequestAborted);
            named.Add((Revision.Main.Text, view.Commit));
        }
        PassedAnswer.Mark(context.Response, "cache");
        await context.Response.WriteAsJsonAsync(Message(named, HubQuery.Has(context.Request, "include_prs")), HubMessageJson.Default.RefsMessage);
    }

    async Task<RepoSight> LookAsync(HubTarget target, ViewCaller caller, ViewException? no, CancellationToken cancellationToken)
    {
        try
        {
            return await views.LookAsync(target.Repo, Revision.Main, caller, cancellationToken);
        }
        catch (ViewException) when (no is not null)
        {
            throw no;
        }
    }

    // The cache does not tell a branch from a tag; clients look for both among the branches first.
    static RefsMessage Message(List<(string Text, CommitId Commit)> named, bool withPullRequests) => new(
        [.. named.Where(item => !item.Text.StartsWith("refs/", StringComparison.Ordinal)).Select(item => Ref(item.Text, $"refs/heads/{item.Text}", item.Commit))],
        Below(named, Convert), [], withPullRequests ? Below(named, PullRequest) : null);

    static RefMessage[] Below(List<(string Text, CommitId Commit)> named, string prefix) =>
        [.. named.Where(item => item.Text.StartsWith(prefix, StringComparison.Ordinal)).Select(item => Ref(item.Text[prefix.Length..], item.Text, item.Commit))];

    static RefMessage Ref(string name, string full, CommitId commit) => new(name, full, commit.Text);
}
