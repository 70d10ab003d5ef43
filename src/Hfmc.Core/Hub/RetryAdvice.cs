using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Hfmc.Core.Hub;

/// <summary>When an upstream wants to be asked again: <c>RateLimit: "api";r=0;t=42</c>, else <c>Retry-After</c> in seconds or as a date.</summary>
static partial class RetryAdvice
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider time)
    {
        // Every answer tells the quota; only on a 429 is it what went wrong.
        if (response.StatusCode is HttpStatusCode.TooManyRequests
            && response.Headers.TryGetValues("RateLimit", out var limits) && Reset().Match(string.Join(',', limits)) is { Success: true } reset)
            return Bound(TimeSpan.FromSeconds(double.Parse(reset.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1));
        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => Bound(delta),
            // By the server's own clock where it tells it: this machine's may be wrong.
            { Date: { } date } => Bound(date - (response.Headers.Date ?? time.GetUtcNow())),
            _ => null,
        };
    }

    /// <summary>Such as <c>42 s</c> or <c>5 min</c>.</summary>
    public static string Text(TimeSpan wait) => wait < TimeSpan.FromMinutes(2) ? $"{Math.Ceiling(wait.TotalSeconds):0} s" : $"{Math.Ceiling(wait.TotalMinutes):0} min";

    static TimeSpan Bound(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;

    [GeneratedRegex(@";\s*t=(\d{1,6})")]
    private static partial Regex Reset();
}
