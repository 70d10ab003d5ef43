using System.Text;
using System.Text.Json;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>Some paths of a commit (hub-api, 4.3): Python asks with a form, JavaScript with JSON; what is missing is left out without a word.</summary>
sealed class PathsInfoAnswer(RepoViews views, TreeEntries entries, PassedAnswer passed)
{
    const int LargestQuestion = 1 << 20;

    public async Task AnswerAsync(HttpContext context, HubTarget target, ViewCaller caller)
    {
        var body = await ReadAsync(context);
        if (Parse(body) is not { Paths: { } paths } question)
            throw new ViewException(StatusCodes.Status400BadRequest, null, "paths-info wants the paths as a form or as JSON");
        var view = await views.FindAsync(target.Repo, target.Revision, caller, context.RequestAborted);
        if (question.Expand is true && await PassAsync(target, view, body, context.Request.ContentType, caller, context.RequestAborted) is { } answer)
        {
            await passed.WriteAsync(context, answer);
            return;
        }
        context.Response.Headers["X-Repo-Commit"] = view.Commit.Text;
        PassedAnswer.Mark(context.Response, view.Origin.ToString().ToLowerInvariant());
        TreeMessage[] found = [.. paths.OfType<string>().Select(path => entries.At(view, path)).OfType<TreeMessage>()];
        await context.Response.WriteAsJsonAsync(found, HubMessageJson.Default.TreeMessageArray);
    }

    // Only an upstream can say which commit changed a file last.
    async Task<UpstreamAnswer?> PassAsync(HubTarget target, RepoView view, byte[] body, string? type, ViewCaller caller, CancellationToken cancellationToken)
    {
        if (view.Origin is ListingOrigin.Peers)
            return null;
        try
        {
            var question = new HubQuestion($"api/{target.Repo.ApiPath}/paths-info/{view.Commit}") { Body = body, BodyType = type, IsOfCommit = true };
            return await views.PassAsync(question, Revision.Parse(view.Commit.Text), caller, cancellationToken);
        }
        catch (ViewException) when (view.Origin is ListingOrigin.Cache)
        {
            return null; // An import, or a commit that has gone upstream since.
        }
    }

    static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = LargestQuestion;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException error)
        {
            throw new ViewException(error.StatusCode, null, $"paths-info takes at most {LargestQuestion} bytes");
        }
    }

    static PathsMessage? Parse(byte[] body)
    {
        try
        {
            var text = Encoding.UTF8.GetString(body);
            if (text.TrimStart().StartsWith('{'))
                return JsonSerializer.Deserialize(text, HubMessageJson.Default.PathsMessage);
            var form = QueryHelpers.ParseQuery(text);
            return form.TryGetValue("paths", out var paths)
                ? new([.. paths], form.TryGetValue("expand", out var expand) && HubQuery.IsOn(expand.ToString()))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
