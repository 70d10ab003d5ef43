namespace Hfmc.Core.Hub;

/// <summary>An upstream's answer as it is: its status, those of its headers that clients read, and its body, which is bounded.</summary>
public sealed class HubReply(int status, IReadOnlyDictionary<string, string> headers, byte[] body, TimeSpan? retryAfter)
{
    const int LongestHeader = 4096;

    static readonly string[] s_kept =
    [
        "ETag", "Link", "X-Error-Code", "X-Error-Message", "X-Repo-Commit", "X-Total-Count",
        "X-Xet-Access-Token", "X-Xet-Token-Expiration", "X-Xet-Cas-Url", "RateLimit", "RateLimit-Policy",
    ];

    /// <summary>What it amounts to when an upstream sends a caller to another host.</summary>
    public static HubReply TurnedAway { get; } = new(404, new Dictionary<string, string>(), [], null);

    public int Status { get; } = status;

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>When it said to come back, if it did.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public bool IsYes => Status is >= 200 and < 300;

    /// <summary>It has understood and says no. Anything else is trouble: another may know better, or it itself later.</summary>
    public bool IsNo => Status is (>= 400 and < 500 and not (408 or 429)) or 501;

    public string? this[string header] => headers.GetValueOrDefault(header);

    /// <summary>The answer is not the Hub's to this question.</summary>
    public bool IsNoSuchApi { get; private init; }

    /// <summary>A page for people: it says nothing of what was asked.</summary>
    public bool IsPage { get; private init; }

    internal static HubReply Of(HttpResponseMessage response, byte[] body, TimeSpan? retryAfter, bool isHead)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in s_kept)
            if (response.Headers.TryGetValues(name, out var values) && Clean(string.Join(", ", values)) is { Length: > 0 } text)
                headers[name] = text;
        if (response.Content.Headers.ContentType is { } type)
            headers["Content-Type"] = Clean(type.ToString());
        // Who asks for headers only is led to the storage host by a yes.
        var status = (int)response.StatusCode;
        return new(isHead && status is >= 300 and < 400 and not 304 ? 200 : status, headers, body, retryAfter) { IsNoSuchApi = HubErrors.IsNoSuchApi(response), IsPage = WebPage.Is(response) };
    }

    // It is said again to somebody else: printable ASCII, as headers are.
    static string Clean(string text) => text.Length > LongestHeader ? "" : string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
