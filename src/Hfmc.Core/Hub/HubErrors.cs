using System.Net;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>Reads a failed answer as huggingface_hub's <c>hf_raise_for_status</c> does: the code first, the status after.</summary>
static class HubErrors
{
    const string BadTokenMessage = "Invalid credentials in Authorization header";
    const int LoopDetected = 508;

    /// <summary><paramref name="what"/> is the file, or null when the repo itself was asked for.</summary>
    public static HubRefusal Read(HttpResponseMessage response, Upstream upstream, RepoId repo, string? what, TimeProvider time)
    {
        var code = Header(response, "X-Error-Code");
        var message = Header(response, "X-Error-Message");
        var status = (int)response.StatusCode;
        return (code, response.StatusCode) switch
        {
            (_, (HttpStatusCode)LoopDetected) =>
                new(HubReason.Trouble, $"{upstream.Name} is this daemon itself", fault: SourceFault.Itself),
            ("RevisionNotFound", _) => new(HubReason.RevisionNotFound, $"{upstream.Name}: {repo} has no such revision"),
            ("EntryNotFound", _) => new(HubReason.EntryNotFound, $"{upstream.Name}: {repo} has no file {what}"),
            ("GatedRepo", _) => new(HubReason.GatedRepo, Gated(upstream, repo)) { SaysWhatToDo = true },
            ("RepoNotFound", _) => new(HubReason.RepoNotFound, $"{upstream.Name} knows no repo {repo}, or it is private"),
            (_, HttpStatusCode.Unauthorized) when message == BadTokenMessage =>
                new(HubReason.BadToken, $"{upstream.Name} does not accept the token: run 'hfmc auth login' with a valid one") { SaysWhatToDo = true },
            // A page for people says nothing of the repo.
            (null, HttpStatusCode.NotFound) when what is null && WebPage.Is(response) =>
                new(HubReason.Trouble, $"{upstream.Name} answered {status} with a page, which is not the Hub's API", fault: SourceFault.Missing),
            (_, HttpStatusCode.Unauthorized or HttpStatusCode.NotFound) when what is null =>
                new(HubReason.RepoNotFound, $"{upstream.Name} knows no repo {repo}, or it is private"),
            (_, HttpStatusCode.NotFound or HttpStatusCode.Gone) => new(HubReason.EntryNotFound, $"{upstream.Name}: {repo} has no file {what}"),
            (_, HttpStatusCode.UnavailableForLegalReasons) => new(HubReason.Forbidden, Legal(upstream, what ?? repo.ToString())) { SaysWhatToDo = true },
            (_, HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) =>
                new(HubReason.Forbidden, $"{upstream.Name} refuses {what ?? repo.ToString()} ({status}{(message is null ? "" : $", {message}")})"),
            (_, HttpStatusCode.TooManyRequests) =>
                new(HubReason.Trouble, $"{upstream.Name} asks to wait{Wait(response, time)} (429, too many requests)", RetryAdvice.Read(response, time), SourceFault.Busy),
            (_, >= HttpStatusCode.InternalServerError) =>
                new(HubReason.Trouble, $"{upstream.Name} has trouble ({status})", RetryAdvice.Read(response, time)),
            _ => new(HubReason.Trouble, $"{upstream.Name} answered {status}, which is not the Hub's API", fault: SourceFault.Lied),
        };
    }

    static string Wait(HttpResponseMessage response, TimeProvider time) => RetryAdvice.Read(response, time) is { } wait ? $" {RetryAdvice.Text(wait)}" : "";

    static string Legal(Upstream upstream, string what) =>
        $"{upstream.Name} may not give {what} to this place for legal reasons (451): use another source ('hfmc conf sources set URL')";

    /// <summary>
    /// The answer is not the Hub's to this question: not found in words that are not the Hub's, a method that is not served, or a page for
    /// people.
    /// </summary>
    public static bool IsNoSuchApi(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.BadRequest =>
            Header(response, "X-Error-Code") is null or "RepoNotFound" or "EntryNotFound",
        HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.UnsupportedMediaType => true,
        HttpStatusCode.OK => WebPage.Is(response),
        _ => false,
    };

    static string Gated(Upstream upstream, RepoId repo)
    {
        // A mirror is no place to accept terms; the token's home is.
        var home = upstream.Kind is SourceKind.Hub ? upstream.Address.GetLeftPart(UriPartial.Authority) : "https://huggingface.co";
        return $"{repo} is gated: accept its terms at {home}/{repo}, then run 'hfmc auth login'";
    }

    static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Printable(values.First()) : null;

    static string Printable(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? ' ' : c));
}
