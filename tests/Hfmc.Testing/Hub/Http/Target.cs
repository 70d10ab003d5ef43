using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Hfmc.Testing;

/// <summary>
/// A request target as it was sent. Segments are decoded one by one, so an escaped slash stays inside its segment
/// (Kestrel's own path leaves <c>%2F</c> undecoded among decoded text).
/// </summary>
sealed record Target(string RawPath, string RawQuery)
{
    public string[] Segments { get; } =
        Array.ConvertAll(RawPath.Split('/', StringSplitOptions.RemoveEmptyEntries), Uri.UnescapeDataString);

    public Dictionary<string, StringValues> Query { get; } = QueryHelpers.ParseQuery(RawQuery);

    public static Target Of(IHttpRequestFeature request)
    {
        var raw = request.RawTarget;
        // The absolute form is what a client sends to a proxy.
        if (!raw.StartsWith('/') && Uri.TryCreate(raw, UriKind.Absolute, out var absolute))
            raw = absolute.PathAndQuery;
        var at = raw.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? new(raw, "") : new(raw[..at], raw[at..]);
    }

    public string? Value(string name) => Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public IEnumerable<string> Values(string name) => Query.TryGetValue(name, out var values) ? values.OfType<string>() : [];

    public bool Flag(string name) => string.Equals(Value(name), "true", StringComparison.OrdinalIgnoreCase) || Value(name) is "1";
}
