using System.Globalization;
using System.Net;

namespace Hfmc.Testing;

/// <summary>Faults that answer in the place of the hub, and those that hold the answer back.</summary>
static class EarlyFaults
{
    /// <summary>The wrong answer, or null when the right one may follow.</summary>
    public static async Task<Answer?> StrikeAsync(FaultList faults, HubRequest request, Uri endpoint, CancellationToken cancellationToken)
    {
        foreach (var fault in faults.Strike(request, FaultKind.Latency))
            await Task.Delay(fault.Delay, cancellationToken);

        var hits = faults.Strike(request, FaultKind.HtmlPage, FaultKind.TooManyRequests, FaultKind.Unavailable, FaultKind.ExpiredLink,
            FaultKind.RedirectLoop, FaultKind.RedirectElsewhere);
        return hits is [var first, ..] ? AnswerOf(first, request, endpoint) : null;
    }

    static Answer AnswerOf(Fault fault, HubRequest request, Uri endpoint) => fault.Kind switch
    {
        FaultKind.HtmlPage => Answer.Text(HttpStatusCode.OK, "<!DOCTYPE html><html><body>Please accept the terms of this network.</body></html>", "text/html"),
        FaultKind.TooManyRequests => TooManyRequests((long)fault.Delay.TotalSeconds),
        FaultKind.Unavailable => Answer.Text(HttpStatusCode.ServiceUnavailable, "Service Unavailable"),
        FaultKind.ExpiredLink => SignedLinks.Denied,
        FaultKind.RedirectLoop => Answer.Redirect(HttpStatusCode.Redirect, new Uri(endpoint, request.Seen.Target).AbsoluteUri),
        _ => Answer.Redirect(HttpStatusCode.Redirect,
            (fault.Location ?? throw new InvalidOperationException("this fault wants a Location")).AbsoluteUri),
    };

    static Answer TooManyRequests(long seconds)
    {
        var wait = seconds.ToString(CultureInfo.InvariantCulture);
        return Answer.Text(HttpStatusCode.TooManyRequests, "Too many requests")
            .With("Retry-After", wait)
            .With("RateLimit", $"\"resolvers\";r=0;t={wait}")
            .With("RateLimit-Policy", "\"fixed window\";\"resolvers\";q=3000;w=300");
    }
}
