using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Turns a connection that could not be made into what is wrong with it: whose fault it is (the upstream's, a proxy's, a
/// certificate's), whether waiting may heal it, and what to do.
/// </summary>
sealed class ConnectionFaults(ProxySettings proxies, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <exception cref="SourceException">No answer.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        var proxy = proxies.For(address);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw Of(error, address, proxy);
        }
        if (response.StatusCode is not (HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.NetworkAuthenticationRequired))
            return response;
        using (response)
            throw response.StatusCode is HttpStatusCode.NetworkAuthenticationRequired ? Portal(Name(address)) : WantsLogin(proxy, null);
    }

    /// <summary>A page for people came in place of an answer.</summary>
    public static SourceException Portal(string host) => Blocked(
        $"{host} answers with a web page in place of the Hub's API: log in to this network in a browser if it asks for that, or correct the address (HF_ENDPOINT, 'hfmc conf sources get')");

    static SourceException Of(HttpRequestException error, Uri address, ProxyAddress? proxy) => error switch
    {
        { InnerException: CertificateProblem problem } => Blocked(
            proxy is not null && problem.Host == proxy.Address.Host ? $"the proxy {proxy} of {proxy.Variable}: {problem.Message}" : problem.Message, error),
        { HttpRequestError: HttpRequestError.ProxyTunnelError } when proxy is not null => OfTunnel(error, address, proxy),
        { HttpRequestError: HttpRequestError.NameResolutionError } => Away(address, proxy, "there is no such name, or names cannot be looked up", error),
        _ when Socket(error) is { } socket => IsKnownAtOnce(socket)
            ? Away(address, proxy, socket.Message, error)
            : new(SourceFault.Unreachable, $"{(proxy is null ? Name(address) : $"the proxy {proxy}")} is not reached ({socket.Message})", inner: error),
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException handshake } => Blocked(
            proxy?.Address.Scheme == Uri.UriSchemeHttps
                ? $"TLS with {Name(address)} or with the proxy {proxy} of {proxy.Variable} fails ({handshake.Message}): correct the scheme, http or https"
                : $"{Name(address)} does not speak TLS as a web server does ({handshake.Message}): write http:// in its address if it has none", error),
        { HttpRequestError: HttpRequestError.ResponseEnded } when address.Scheme == Uri.UriSchemeHttp => new(
            SourceFault.Unreachable, $"{Name(address)} ends connections without an answer; if it wants TLS, write https:// in its address", inner: error),
        _ => new(SourceFault.Unreachable, $"{Name(address)} is not reached ({error.InnerException?.Message ?? error.Message})", inner: error),
    };

    static SourceException OfTunnel(HttpRequestException error, Uri address, ProxyAddress proxy) => ((int?)error.StatusCode, error.InnerException) switch
    {
        ((int)HttpStatusCode.ProxyAuthenticationRequired, _) => WantsLogin(proxy, error),
        // The exception has no type of its own for other programs.
        (null, IOException { Message: var said }) when said.Contains("authent", StringComparison.OrdinalIgnoreCase) => WantsLogin(proxy, error),
        (null, IOException { Message: var said }) when said.Contains("version", StringComparison.OrdinalIgnoreCase) => Blocked(
            $"the proxy {proxy} does not speak {proxy.Address.Scheme}: correct the scheme in {proxy.Variable}", error),
        (null or >= 500, _) => new(SourceFault.Away,
            $"the proxy {proxy} of {proxy.Variable} does not reach {Name(address)}{(error.StatusCode is { } status ? $" ({(int)status})" : "")}", inner: error),
        ( >= 400, _) => Blocked($"the proxy {proxy} does not let this machine through to {Name(address)} ({(int)error.StatusCode!}): ask who runs it, or leave the host out with NO_PROXY", error),
        _ => Blocked($"what answers at {proxy} is no proxy ({(int?)error.StatusCode}): correct or unset {proxy.Variable}", error),
    };

    static SourceException WantsLogin(ProxyAddress? proxy, Exception? error) => Blocked(proxy switch
    {
        null => "a proxy on the way wants a login (407), and no variable names it: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        { Credential: null } => $"the proxy {proxy} wants a login (407): write USER:PASSWORD@ before its host in {proxy.Variable}",
        _ => $"the proxy {proxy} does not take the user and password in {proxy.Variable} (407): correct them, with special characters as %XX",
    }, error);

    static SourceException Away(Uri address, ProxyAddress? proxy, string why, Exception error) => proxy is null
        ? new(SourceFault.Away, $"{Name(address)} is not reached ({why})", inner: error)
        : new(SourceFault.Away, $"the proxy {proxy} is not reached ({why}): start it, or correct or unset {proxy.Variable}", inner: error) { SaysWhatToDo = true };

    static SourceException Blocked(string message, Exception? error = null) => new(SourceFault.Blocked, message, inner: error) { SaysWhatToDo = true };

    static bool IsKnownAtOnce(SocketException error) => error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.NetworkUnreachable
        or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown or SocketError.AddressNotAvailable;

    // Of a connection that was not made; one that broke later is another thing.
    static SocketException? Socket(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ConnectionError ? error.InnerException as SocketException : null;

    static string Name(Uri address) => address.IsDefaultPort ? address.Host : address.Authority;
}
