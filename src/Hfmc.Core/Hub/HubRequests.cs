using System.Net;
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

    public async Task<HubAnswer> GetAsync(Uri address, bool anonymous, ByteRange? range, CancellationToken cancellationToken)
    {
        var facts = default(HubFacts);
        var left = false;
        for (var hop = 0; hop < MostHops; hop++)
        {
            var response = await SendAsync(address, anonymous || left, range, cancellationToken);
            if (!left)
                facts = facts.With(response);
            if (Redirect(response, address) is not { } next)
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

    public void ForgoToken() => _forgoesToken = true;

    /// <summary>One request without redirects and without a token: a signed link that is already known.</summary>
    public Task<HttpResponseMessage> GetLinkAsync(Uri link, ByteRange range, CancellationToken cancellationToken) =>
        SendAsync(link, anonymous: true, range, cancellationToken);

    async Task<HttpResponseMessage> SendAsync(Uri address, bool anonymous, ByteRange? range, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (range is { } wanted)
            request.Headers.Range = new(wanted.Start, wanted.End - 1);
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
            throw new SourceException(SourceFault.Unreachable, $"{address.Host} could not be reached in time", inner: error);
        }
        catch (HttpRequestException error)
        {
            throw new SourceException(SourceFault.Unreachable, $"{address.Host} is not reached ({error.InnerException?.Message ?? error.Message})", inner: error);
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
