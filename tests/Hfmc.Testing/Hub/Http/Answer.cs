using System.Net;
using System.Text.Json.Nodes;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>A response not yet sent: all of it, or with <c>Offset</c> and <c>Length</c> in bytes a part. <c>Blob</c> is what its bytes are counted under.</summary>
sealed class Answer(HttpStatusCode status, FileContent? body = null)
{
    public int Status { get; set; } = (int)status;

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public FileContent Body { get; set; } = body ?? new BytesContent([]);

    public long Offset { get; set; }

    public long Length { get; set; } = body?.Size ?? 0;

    public ETag? Blob { get; init; }

    /// <summary>The body is a file, of which a part may be asked for.</summary>
    public bool IsFile => Blob is not null;

    public static Answer Json(JsonNode json) =>
        new Answer(HttpStatusCode.OK, BytesContent.Of(json.ToJsonString())).With("Content-Type", "application/json; charset=utf-8");

    public static Answer Text(HttpStatusCode status, string text, string type = "text/plain; charset=utf-8") =>
        new Answer(status, BytesContent.Of(text)).With("Content-Type", type);

    /// <summary>All of a file's content, as 200.</summary>
    public static Answer Bytes(FakeFile file) =>
        new Answer(HttpStatusCode.OK, file.Content) { Blob = file.ETag }
            .With("Content-Type", "application/octet-stream")
            .With("Accept-Ranges", "bytes");

    public static Answer Redirect(HttpStatusCode status, string location) =>
        Text(status, $"{status}. Redirecting to {location}").With("Location", location);

    public Answer With(string name, string value)
    {
        Headers[name] = value;
        return this;
    }
}
