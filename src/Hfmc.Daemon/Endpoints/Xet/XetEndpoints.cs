using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Endpoints.Hub;
using Hfmc.Daemon.Serving.Xet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>
/// The part of Xet's CAS that a download needs (https://huggingface.co/docs/xet, "api"): a token for a repo at a commit, what its files
/// consist of, and the bytes of that. Nothing can be uploaded.
/// </summary>
sealed class XetEndpoints(RepoViews views, XetGrants grants, XetFiles files, ReconstructionAnswer reconstructions, XorbAnswer xorbs)
{
    const string Scheme = "Bearer ";
    const int MostFiles = 128;

    static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"/api/{{type}}/{{name}}/{XetTokenTarget.Verb}/{{**revision}}", s_reading, Answered(GiveTokenAsync));
        routes.MapMethods($"/api/{{type}}/{{owner}}/{{name}}/{XetTokenTarget.Verb}/{{**revision}}", s_reading, Answered(GiveTokenAsync));
        routes.MapGet("/v1/reconstructions/{id}", Answered(context => TellAsync(context, isSecondVersion: false)));
        routes.MapGet("/v2/reconstructions/{id}", Answered(context => TellAsync(context, isSecondVersion: true)));
        routes.MapGet("/v1/reconstructions", Answered(TellSeveralAsync));
        routes.MapMethods("/v1/files/{id}", [HttpMethods.Head], Answered(MeasureAsync));
        routes.MapGet(XorbLink.Root + "{name}", Answered(xorbs.WriteAsync));
        // What clients tell the CAS of themselves is read by nobody.
        routes.MapPost("/v1/telemetry", (RequestDelegate)(_ => Task.CompletedTask));
    }

    async Task GiveTokenAsync(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (XetTokenTarget.Parse(raw) is not var (repo, revision))
            throw new ViewException(StatusCodes.Status404NotFound, ViewException.RepoNotFound, "Repository not found");
        var view = await views.FindReadableAsync(repo, revision, HubCaller.Of(context), context.RequestAborted);
        // What is public needs nobody's login, so all share one grant.
        var grant = grants.Give(view.Repo, view.Commit, view.IsPublic ? new(null, view.Caller.IsLocal, view.Caller.Via) : view.Caller);
        var (ends, address) = (grants.EndOf(grant).ToUnixTimeSeconds(), XetAddress.Of(context.Request));
        var headers = context.Response.Headers;
        (headers["X-Xet-Access-Token"], headers["X-Xet-Token-Expiration"], headers["X-Xet-Cas-Url"]) = (grant.Token, $"{ends}", address);
        headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new(grant.Token, ends, address), XetMessageJson.Default.XetTokenMessage);
    }

    async Task TellAsync(HttpContext context, bool isSecondVersion)
    {
        var grant = GrantOf(context.Request);
        await reconstructions.WriteAsync(context, grant, await FileAsync(grant, IdOf(context), context.RequestAborted), isSecondVersion);
    }

    async Task TellSeveralAsync(HttpContext context)
    {
        var grant = GrantOf(context.Request);
        var asked = context.Request.Query["file_id"];
        if (asked.Count is 0 or > MostFiles)
            throw new ViewException(StatusCodes.Status400BadRequest, null, $"want 1 to {MostFiles} file_id");
        var found = new Dictionary<XetHash, RepoFile>();
        foreach (var text in asked)
        {
            var id = Parse(text);
            found[id] = await FileAsync(grant, id, context.RequestAborted);
        }
        await reconstructions.WriteAsync(context, grant, found);
    }

    async Task MeasureAsync(HttpContext context)
    {
        var grant = GrantOf(context.Request);
        context.Response.ContentLength = (await FileAsync(grant, IdOf(context), context.RequestAborted)).Size;
    }

    XetGrant GrantOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && grants.Find(header[Scheme.Length..]) is { } grant
            ? grant
            : throw new ViewException(StatusCodes.Status401Unauthorized, null, "the Xet token is not of this daemon, or has expired: get one with xet-read-token");

    async Task<RepoFile> FileAsync(XetGrant grant, XetHash id, CancellationToken cancellationToken) =>
        await files.FindAsync(grant, id, cancellationToken)
            ?? throw new ViewException(StatusCodes.Status404NotFound, ViewException.EntryNotFound, $"no file of {grant.Repo} has this Xet id");

    static XetHash IdOf(HttpContext context) => Parse(context.Request.RouteValues["id"] as string);

    static XetHash Parse(string? text) =>
        XetHash.TryParse(text, out var id) ? id : throw new ViewException(StatusCodes.Status400BadRequest, null, "a Xet id has 64 lower-case hexadecimal digits");

    static RequestDelegate Answered(RequestDelegate answer) => async context =>
    {
        try
        {
            await answer(context);
        }
        catch (ViewException no)
        {
            await HubRefusals.AnswerAsync(context, no);
        }
    };
}
