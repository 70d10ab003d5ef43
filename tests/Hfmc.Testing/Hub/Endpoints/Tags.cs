using System.Net;

namespace Hfmc.Testing;

/// <summary>Answers of the API carry a weak tag of their content, and a client that knows it gets 304.</summary>
static class Tags
{
    public static Answer Apply(Answer answer, HubRequest request)
    {
        if (answer.IsFile || answer.Status is not 200 || request.Seen.Method is "POST")
            return answer;
        var tag = $"W/\"{answer.Body.GitSha1}\"";
        return request.Seen.Headers.GetValueOrDefault("If-None-Match") == tag ? new Answer(HttpStatusCode.NotModified).With("ETag", tag) : answer.With("ETag", tag);
    }
}
