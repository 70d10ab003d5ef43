using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Sources;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// Gives an upstream's answer to the client as it is, but for what would lead him past this daemon: links to further pages name this host,
/// and Xet ids are as <see cref="XetOffers"/> says.
/// </summary>
sealed partial class PassedAnswer(XetOffers xet)
{
    static readonly string[] s_passed =
        ["X-Total-Count", "X-Repo-Commit", "X-Xet-Access-Token", "X-Xet-Token-Expiration", "X-Xet-Cas-Url", "RateLimit", "RateLimit-Policy"];

    public async Task WriteAsync(HttpContext context, UpstreamAnswer answer)
    {
        var (response, reply) = (context.Response, answer.Reply);
        response.StatusCode = reply.Status;
        Mark(response, "upstream");
        foreach (var name in s_passed)
            if (reply[name] is { } value)
                response.Headers[name] = value;
        if (reply["Link"] is { } link && NextPage(context, link, answer.Hub.Upstream) is { } next)
            response.Headers.Link = next;
        if (reply.Body.IsEmpty)
            return;
        if (xet.Clean(reply.Body) is { } json)
            await WriteJsonAsync(context, json);
        else
            await WriteAsync(context, reply["Content-Type"] ?? "application/octet-stream", reply.Body);
    }

    /// <summary>Tells who answers: <c>cache</c>, <c>peers</c> or <c>upstream</c>.</summary>
    public static void Mark(HttpResponse response, ListingOrigin who) => Mark(response, who switch
    {
        ListingOrigin.Upstream => "upstream",
        ListingOrigin.Peers => "peers",
        _ => "cache",
    });

    public static void Mark(HttpResponse response, string who) => response.Headers["X-Hfmc-Answer"] = who;

    public static Task WriteJsonAsync(HttpContext context, JsonNode json) =>
        WriteAsync(context, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>This daemon, as the client calls it.</summary>
    public static string HostOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    static async Task WriteAsync(HttpContext context, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    // A mirror may name the Hub's host in it, and an upstream below a path (http://host/hub) has that path in it.
    static string? NextPage(HttpContext context, string link, Upstream upstream)
    {
        if (NextLink().Match(link) is not { Success: true } match || !Uri.TryCreate(upstream.Address, match.Groups[1].Value, out var next))
            return null;
        var (path, root) = (next.PathAndQuery, upstream.Address.AbsolutePath.TrimEnd('/'));
        if (root.Length > 0 && path.StartsWith($"{root}/", StringComparison.Ordinal))
            path = path[root.Length..];
        return $"<{HostOf(context)}{path}>; rel=\"next\"";
    }

    [GeneratedRegex("""<([^>]{1,4000})>\s*;\s*rel="?next"?""")]
    private static partial Regex NextLink();
}
