using System.Text.Json.Nodes;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Daemon.Endpoints.Xet;
using Hfmc.Daemon.Serving;
using Hfmc.Daemon.Serving.Xet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// The Hub's own API as clients read it (hub-api, 14), for all that the caller may see. What is not here is "not found" in the Hub's words,
/// never a server error: clients try those again for half a minute.
/// </summary>
sealed class HubEndpoints
{
    const int MostHops = 4, LoopDetected = 508;

    readonly DaemonIdentity _identity;
    readonly RepoViews _views;
    readonly ResolveAnswer _resolve;
    readonly XetFileAnswer _xetFile;

    readonly PassedAnswer _passed;
    readonly InfoAnswer _info;
    readonly TreeAnswer _tree;
    readonly PathsInfoAnswer _paths;
    readonly RefsAnswer _refs;
    readonly HistoryAnswer _history;
    readonly SearchAnswer _search;

    public HubEndpoints(DaemonIdentity identity, RepoViews views, PublicShelf shelf, ResolveAnswer resolve, XetIds ids)
    {
        (_identity, _views, _resolve, _xetFile) = (identity, views, resolve, new(views, ids));
        var xet = new XetOffers(ids);
        var entries = new TreeEntries(xet);
        _passed = new(xet);
        (_info, _tree, _paths) = (new(views, xet, _passed), new(views, entries, _passed), new(views, entries, _passed));
        (_refs, _history, _search) = (new(views, _passed), new(views, _passed), new(views, shelf, _passed));
    }

    /// <summary>Answers what was asked a moment ago, before the request is held against any route.</summary>
    public RequestDelegate Warm(RequestDelegate next) => context =>
        _resolve.FindWarm(context) is { } file ? GuardAsync(context, _resolve.WriteAsync(context, file)) : next(context);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("{**any}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post], (RequestDelegate)AnswerAsync);

    Task AnswerAsync(HttpContext context) => GuardAsync(context, FindAsync(context));

    static async Task GuardAsync(HttpContext context, Task answer)
    {
        try
        {
            await answer;
        }
        catch (ViewException no)
        {
            await HubRefusals.AnswerAsync(context, no);
        }
    }

    async Task FindAsync(HttpContext context)
    {
        if (HasBeenHere(context.Request))
            throw new ViewException(LoopDetected, "LoopDetected", "this daemon has been asked by way of itself");
        if (HubTarget.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) is not { } target
            || HttpMethods.IsPost(context.Request.Method) != target.Resource is HubResource.PathsInfo)
            throw new ViewException(StatusCodes.Status404NotFound, null, "hfmc serves the reading part of the Hub's API here, and this is not in it");
        await AnswerAsync(context, target, HubCaller.Of(context));
    }

    Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller) => target.Resource switch
    {
        HubResource.Info => _info.AnswerAsync(context, target, caller),
        HubResource.Tree => _tree.AnswerAsync(context, target, caller),
        HubResource.PathsInfo => _paths.AnswerAsync(context, target, caller),
        HubResource.Refs => _refs.AnswerAsync(context, target, caller),
        HubResource.Commits => _history.AnswerAsync(context, target, caller),
        HubResource.AuthCheck => _views.CheckAsync(target.Repo, target.Revision, caller, context.RequestAborted),
        HubResource.XetToken => XetTokenAsync(context, target, caller),
        HubResource.File or HubResource.Raw => FileAsync(context, target, caller),
        HubResource.Search => _search.AnswerAsync(context, target, caller),
        HubResource.WhoAmI => PassAsync(context, new("api/whoami-v2"), caller),
        HubResource.AgentHarnesses => PassedAnswer.WriteJsonAsync(context, new JsonObject
        {
            ["standardEnvVars"] = new JsonArray(),
            ["harnesses"] = new JsonObject(),
        }),
        HubResource.Telemetry => Task.CompletedTask, // Swallowed: nobody is told what is used here.
        _ => PassAsync(context, new(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.TrimStart('/')), caller),
    };

    bool HasBeenHere(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(HubClient.ViaHeader, out var said))
            return false;
        var via = said.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return via.Length >= MostHops || via.Contains(_identity.Node.Text);
    }

    async Task XetTokenAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        var question = HubQuery.Of(context.Request, target.Repo, "xet-read-token", target.Revision) with { IsOfCommit = false };
        await _passed.WriteAsync(context, await _views.PassAsync(question, target.Revision, caller, context.RequestAborted)
            ?? throw ViewException.NotHere(target.Repo, target.Revision, "no upstream answers to give a Xet token"));
    }

    async Task PassAsync(HttpContext context, HubQuestion question, ViewCaller caller) =>
        await _passed.WriteAsync(context, await _views.PassAsync(question, caller, context.RequestAborted)
            ?? throw new ViewException(StatusCodes.Status404NotFound, null, "no upstream answers, and only an upstream knows this"));

    async Task FileAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        if (target.Path is not { } path)
            throw new InvalidOperationException("a file has a path");
        var view = await _views.FindReadableAsync(target.Repo, target.Revision, path, caller, context.RequestAborted);
        var file = view.Find(path);
        if (file is null)
            throw ViewException.NoSuchEntry(view.Commit);
        context.Response.Headers["X-Repo-Commit"] = view.Commit.Text;
        PassedAnswer.Mark(context.Response, view.Origin);
        if (target.Resource is HubResource.Raw && await RawAnswer.TryAnswerAsync(context, file))
            return;
        if (await _xetFile.TryAnswerAsync(context, view, file))
            return;
        // What is said of a Xet id depends on more than the question.
        var isSame = target.Resource is HubResource.File && !context.Response.Headers.ContainsKey("X-Xet-Hash");
        await _resolve.WriteAsync(context, isSame ? context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget : null, view, target.Revision, file);
    }
}
