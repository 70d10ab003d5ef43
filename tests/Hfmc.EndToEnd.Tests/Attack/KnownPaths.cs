using System.Text;

namespace Hfmc.EndToEnd.Tests.Attack;

/// <summary>Every method and path that an attacker knows, with the names of what he wants.</summary>
static class KnownPaths
{
    static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "PRI"];

    /// <param name="repo">What he would like to see: <c>acme/secret</c>.</param>
    /// <param name="file">Of it.</param>
    /// <param name="etag">Of the file.</param>
    /// <param name="commit">Of the repo.</param>
    public static IEnumerable<(string Method, string Path)> All(string repo, string file, string etag, string commit)
    {
        string[] control = ["status", "stop", "settings", "cancel", "add", ""];
        string[] paths =
        [
            "/", "*", "/index.html", "/.git/config", "/metrics", "/debug/pprof", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/peer", "/peer/v1", "/peer/v2/hello", "//peer/v1/hello",
            .. control.SelectMany(verb => new[] { $"/control/{verb}", $"/CONTROL/{verb}", $"/%63ontrol/{verb}", $"/peer/v1/../../control/{verb}", $"//control/{verb}", $"/control//{verb}", $"/control;x/{verb}", $"http://hfmc/control/{verb}" }),
            "/peer/v1/hello", $"/peer/v1/snapshot?repo=models%2F{repo.Replace("/", "%2F", StringComparison.Ordinal)}&revision=main", $"/peer/v1/snapshot?repo=models/{repo}&revision={commit}",
            "/peer/v1/blobs", $"/peer/v1/blobs/{etag}", $"/peer/v1/blobs/{etag}/chunks", $"/peer/v1/blobs/{etag}/complaint", "/peer/v1/follow", "/peer/v1/bundle",
            $"/api/models/{repo}", $"/api/models/{repo}/revision/main", $"/api/models/{repo}/revision/{commit}", $"/api/models/{repo}/tree/main?recursive=true", $"/api/models/{repo}/tree/{commit}",
            $"/api/models/{repo}/paths-info/main", $"/api/models/{repo}/refs", $"/api/models/{repo}/commits/main", $"/api/models/{repo}/auth-check", $"/api/models/{repo}/xet-read-token/{commit}", "/api/models", "/api/models?search=secret",
            $"/api/resolve-cache/models/{repo}/{commit}/{file}", "/api/whoami-v2", "/api/repos/create", $"/api/models/{repo}/settings", "/api/telemetry/x",
            $"/{repo}/resolve/main/{file}", $"/{repo}/resolve/{commit}/{file}", $"/{repo}/raw/main/{file}", $"/{repo}/resolve/main/..%2F..%2F..%2Ftoken", $"/{repo}/resolve/main/%2e%2e/%2e%2e/token",
            $"/v1/reconstructions/{etag}", $"/v2/reconstructions/{etag}", $"/v1/reconstructions?file_id={etag}", $"/v1/files/{etag}", $"/v1/xorbs/{etag}", "/v1/telemetry",
        ];
        return s_methods.SelectMany(method => paths.Select(path => (method, path)));
    }

    /// <param name="method">Of the request.</param>
    /// <param name="path">Its target.</param>
    /// <param name="body">JSON; null for none.</param>
    /// <param name="headers">More of them; a <c>Host</c> among them is the only one.</param>
    public static byte[] Request(string method, string path, string? body, params string[] headers)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if (!headers.Any(header => header.StartsWith("Host:", StringComparison.Ordinal)))
            head.Append("Host: hfmc\r\n");
        foreach (var header in headers)
            head.Append(header).Append("\r\n");
        if (body is not null)
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return Encoding.UTF8.GetBytes($"{head}\r\n{body}");
    }
}
