using System.Net;
using Hfmc.Core.Platform;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Sends requests to one upstream and follows redirects by hand. The token is sent to the upstream's own origin only, and never
/// again once a redirect has left it; https never becomes http; ten hops are the most.
/// </summary>
sealed class HubRequests(Upstream upstream, HttpMessageInvoker http, TimeProvider time, string userAgent, string? via)
{
    const int MostHops = 10;

    volatile bool _forgoesToken;

    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    public Task<HubAnswer> GetAsync(Uri address, bool anonymous, ByteRange? range, CancellationToken cancellationToken) =>
        FollowAsync(address, at => Get(at, range), anonymous, cancellationToken);

    /// <summary>A question that is passed on as it is, body and all; the answer's status is the caller's to judge.</summary>
    public Task<HubAnswer> AskAsync(Uri address, HubQuestion question, bool anonymous, CancellationToken cancellationToken) =>
        FollowAsync(address, at => Pass(at, question), anonymous, cancellationToken, staysHome: question.IsHead);

    /// <summary>What the upstream itself says of a file: its own last answer, be it a redirect to a storage host.</summary>
    /// <param name="address">Of the file.</param>
    /// <param name="range">Null for HEAD; else GET of these bytes, for those that give no HEAD.</param>
    /// <param name="anonymous">Without the token.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<HubAnswer> HeadAsync(Uri address, ByteRange? range, bool anonymous, CancellationToken cancellationToken) =>
        FollowAsync(address, at => range is null ? new(HttpMethod.Head, at) : Get(at, range), anonymous, cancellationToken, staysHome: true);

    async Task<HubAnswer> FollowAsync(
        Uri address, Func<Uri, HttpRequestMessage> form, bool anonymous, CancellationToken cancellationToken, bool staysHome = false)
    {
        var facts = default(HubFacts);
        var left = false;
        for (var hop = 0; hop < MostHops; hop++)
        {
            var response = await SendAsync(form(address), anonymous || left, cancellationToken);
            if (!left)
                facts = facts.With(response);
            if (Redirect(response, address) is not { } next)
                return new(response, address, facts);

            if (staysHome && !upstream.IsHomeOf(next) && !IsPermanent(response.StatusCode))
                return new(response, address, facts);
            response.Dispose();
            if (address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
                throw new SourceException(SourceFault.Lied, $"{upstream.Name} redirects from https to {next.Scheme}, which is refused");
            if (!upstream.IsHomeOf(next) && !left && IsPermanent(response.StatusCode))
                throw new SourceException(SourceFault.Missing, $"{upstream.Name} sends this machine on to {next.Host}");
            left |= !upstream.IsHomeOf(next);
            address = next;
        }
        throw new SourceException(SourceFault.Lied, $"{upstream.Name} redirects in a circle");
    }

    /// <summary>No token goes with any request.</summary>
    public bool IsAnonymous => _forgoesToken || upstream.Token is null;

    public void ForgoToken() => _forgoesToken = true;

    /// <summary>One request without redirects and without a token: a signed link that is already known.</summary>
    public Task<HttpResponseMessage> GetLinkAsync(Uri link, ByteRange? range, CancellationToken cancellationToken) =>
        SendAsync(Get(link, range), anonymous: true, cancellationToken);

    static HttpRequestMessage Get(Uri address, ByteRange? range)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (range is { } wanted)
            request.Headers.Range = new(wanted.Start, wanted.End - 1);
        return request;
    }

    // What was asked is for this upstream alone: another host that it redirects to gets neither the body nor the tag.
    HttpRequestMessage Pass(Uri address, HubQuestion question)
    {
        var request = new HttpRequestMessage(
            question.IsHead ? HttpMethod.Head : question.Body is null || !upstream.IsHomeOf(address) ? HttpMethod.Get : HttpMethod.Post, address);
        if (request.Method == HttpMethod.Post)
        {
            request.Content = new ByteArrayContent(question.Body ?? []);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", question.BodyType);
        }
        if (question.KnownTag is { } tag && upstream.IsHomeOf(address))
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return request;
    }

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, bool anonymous, CancellationToken cancellationToken)
    {
        using var request = message;
        var address = message.RequestUri ?? upstream.Address;
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (!anonymous && !_forgoesToken && upstream.Token is { } token && upstream.IsHomeOf(address))
            request.Headers.Authorization = new("Bearer", token.Reveal());
        if (via is not null && upstream.IsHomeOf(address))
            request.Headers.TryAddWithoutValidation(HubClient.ViaHeader, via);

        using var watch = new StallWatch(time, AnswerTimeout, cancellationToken);
        try
        {
            return await http.SendAsync(request, watch.Renew());
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"{address.Host} did not answer within {AnswerTimeout.TotalSeconds:0} s", inner: error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(SourceFault.Stalled, $"{address.Host} could not be reached in time", inner: error);
        }
        catch (HttpRequestException error)
        {
            throw new SourceException(SourceFault.Unreachable, $"{address.Host} is not reached ({error.InnerException?.Message ?? error.Message})", inner: error);
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    Uri? Redirect(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            return null;
        if (response.Headers.Location is { } location && Uri.TryCreate(from, location, out var next)
            && (next.Scheme == Uri.UriSchemeHttps || next.Scheme == Uri.UriSchemeHttp))
            return next;
        response.Dispose();
        throw new SourceException(SourceFault.Lied, $"{upstream.Name} redirects to nowhere");
    }

    static bool IsPermanent(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.PermanentRedirect;
}
