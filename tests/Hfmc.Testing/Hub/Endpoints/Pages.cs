using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Hfmc.Testing;

/// <summary>A list in pages: each names the next by an absolute Link with an opaque cursor.</summary>
static class Pages
{
    public static Answer Of<T>(IReadOnlyList<T> all, Func<T, JsonNode> json, HubRequest request, Uri endpoint, int pageSize)
    {
        var from = Math.Clamp(Position(request.Target.Value("cursor")), 0, all.Count);
        var limit = int.TryParse(request.Target.Value("limit"), CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, 1, pageSize) : pageSize;
        var page = all.Skip(from).Take(limit).Select(json).ToArray();
        var answer = Answer.Json(new JsonArray(page));
        return from + page.Length < all.Count
            ? answer.With("Link", $"<{Next(request.Target, endpoint, from + page.Length)}>; rel=\"next\"")
            : answer;
    }

    static Uri Next(Target target, Uri endpoint, int position)
    {
        var query = target.Query.Where(pair => pair.Key is not "cursor")
            .SelectMany(pair => pair.Value.Select(value => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}"))
            .Append("cursor=" + Uri.EscapeDataString(Convert.ToBase64String(Encoding.ASCII.GetBytes($"from:{position}"))));
        return new(endpoint, $"{target.RawPath}?{string.Join('&', query)}");
    }

    static int Position(string? cursor)
    {
        var text = new byte[64];
        return cursor is not null && Convert.TryFromBase64String(cursor, text, out var length)
            && int.TryParse(Encoding.ASCII.GetString(text, 0, length).AsSpan("from:".Length), CultureInfo.InvariantCulture, out var position)
            ? position
            : 0;
    }
}
