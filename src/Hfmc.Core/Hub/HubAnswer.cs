using System.Globalization;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Hub;

/// <summary>
/// The last answer of a chain of redirects, with what the upstream itself said on the way: a CDN repeats neither the commit
/// nor the linked etag and size, and sends an etag of its own.
/// </summary>
sealed class HubAnswer(HttpResponseMessage response, Uri address, HubFacts facts) : IDisposable
{
    public HttpResponseMessage Response { get; } = response;

    /// <summary>Where the answer came from after all redirects.</summary>
    public Uri Address { get; } = address;

    public HubFacts Facts { get; } = facts;

    public void Dispose() => Response.Dispose();
}

/// <summary>What the upstream's own answers said of a file; null where it said nothing.</summary>
readonly record struct HubFacts(ETag? ETag, long? Size, string? Commit)
{
    public HubFacts With(HttpResponseMessage response)
    {
        var linked = Header(response, "X-Linked-Etag");
        var etag = Repos.ETag.TryParseHeader(linked ?? (IsRedirect(response) ? null : Header(response, "ETag")), out var parsed) ? parsed : ETag;
        var size = long.TryParse(Header(response, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linkedSize) ? linkedSize : Size;
        return new(etag, size, Header(response, "X-Repo-Commit") ?? Commit);
    }

    static bool IsRedirect(HttpResponseMessage response) => (int)response.StatusCode is >= 300 and < 400;

    static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
