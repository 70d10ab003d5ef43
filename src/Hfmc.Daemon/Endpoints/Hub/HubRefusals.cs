using System.Text.Json.Nodes;
using Hfmc.Core.Planning;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>Says no as the Hub does: a status, a code and a message in headers, and the message once more as JSON (hub-api, 5).</summary>
static class HubRefusals
{
    const int LongestMessage = 500;

    public static Task AnswerAsync(HttpContext context, ViewException no)
    {
        var (response, message) = (context.Response, Printable(no.Message));
        response.StatusCode = no.Status;
        if (no.Code is { } code)
            response.Headers["X-Error-Code"] = Printable(code);
        response.Headers["X-Error-Message"] = message;
        if (no.Commit is { } commit)
            response.Headers["X-Repo-Commit"] = commit.Text;
        if (no.RetryAfter is { } wait)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            response.Headers.RetryAfter = $"{seconds}";
            response.Headers["RateLimit"] = $"\"api\";r=0;t={seconds}";
        }
        // With its length: a HEAD has no other body to be measured by.
        return PassedAnswer.WriteJsonAsync(context, new JsonObject { ["error"] = message });
    }

    // A header holds ASCII; a path that was asked for may hold anything.
    static string Printable(string text) => string.Concat(text.Take(LongestMessage).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
