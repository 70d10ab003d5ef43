using System.Text.RegularExpressions;

namespace Hfmc.Core.Hub;

/// <summary>Where a list in pages goes on: <c>Link: &lt;...&gt;; rel="next"</c>.</summary>
static partial class PageLinks
{
    /// <summary>Null on the last page. Mirrors pass on links that name the official host: only path and query are taken, the host stays.</summary>
    public static Uri? Next(HttpResponseMessage response, Upstream upstream) =>
        response.Headers.TryGetValues("Link", out var links) && NextLink().Match(string.Join(',', links)) is { Success: true } match
        && Uri.TryCreate(upstream.Address, match.Groups[1].Value, out var next)
            ? At(upstream.Address, next.PathAndQuery)
            : null;

    // An upstream below a path (http://host/hub) may pass on links that do not know of it.
    static Uri At(Uri upstream, string pathAndQuery)
    {
        var root = upstream.AbsolutePath.TrimEnd('/');
        return new($"{upstream.GetLeftPart(UriPartial.Authority)}{(pathAndQuery.StartsWith($"{root}/", StringComparison.Ordinal) ? "" : root)}{pathAndQuery}");
    }

    [GeneratedRegex("""<([^>]{1,4000})>\s*;\s*rel="?next"?""")]
    private static partial Regex NextLink();
}
