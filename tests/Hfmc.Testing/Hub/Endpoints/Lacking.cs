using System.Net;
using System.Text.Json.Nodes;

namespace Hfmc.Testing;

/// <summary>Answers of a hub that does not have all of the API.</summary>
static class Lacking
{
    /// <summary>The answer in the place of the right one; null where the hub has that part.</summary>
    public static Answer? Instead(FakeHubOptions options, HubRequest request)
    {
        if (request.IsHead && options.Lacks.HasFlag(HubParts.Head))
            return Answer.Text(HttpStatusCode.MethodNotAllowed, "Method Not Allowed");
        var part = request.Route.Verb switch
        {
            "tree" => HubParts.Tree,
            "paths-info" => HubParts.PathsInfo,
            "auth-check" => HubParts.AuthCheck,
            "info" or "revision" => HubParts.Info,
            _ => HubParts.None,
        };
        return (options.Lacks & part) is HubParts.None ? null : AnswerOf(options.LacksWith);
    }

    /// <summary>The answer about a repo without what the hub does not tell of files.</summary>
    public static void Strip(FakeHubOptions options, JsonObject info)
    {
        if (options.Lacks.HasFlag(HubParts.Siblings))
            info.Remove("siblings");
        else if (options.Lacks.HasFlag(HubParts.SiblingBlobs) && info["siblings"] is JsonArray files)
            foreach (var file in files.OfType<JsonObject>())
                foreach (var name in file.Select(member => member.Key).Where(name => name is not "rfilename").ToList())
                    file.Remove(name);
    }

    static Answer AnswerOf(LackStyle style)
    {
        const string Page = "<!DOCTYPE html><html><body>There is nothing here.</body></html>", Html = "text/html; charset=utf-8";
        return style switch
        {
            LackStyle.NotFoundJson => Answer.Text(HttpStatusCode.NotFound, """{"error":"Not found"}""", "application/json"),
            LackStyle.MethodNotAllowed => Answer.Text(HttpStatusCode.MethodNotAllowed, "Method Not Allowed"),
            LackStyle.NotImplemented => Answer.Text(HttpStatusCode.NotImplemented, "Not Implemented"),
            LackStyle.Page => Answer.Text(HttpStatusCode.OK, Page, Html),
            _ => Answer.Text(HttpStatusCode.NotFound, Page, Html),
        };
    }
}
