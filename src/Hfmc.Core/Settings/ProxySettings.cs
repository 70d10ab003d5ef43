using System.Net;

namespace Hfmc.Core.Settings;

/// <summary>
/// Which proxy leads to which address, as <c>curl</c>, Go and Python read it from the environment: <c>http_proxy</c>,
/// <c>https_proxy</c> and <c>all_proxy</c> for what neither names, except <c>no_proxy</c>; each in small letters or else in capitals.
/// One that is set and empty means: none. This machine itself is never behind a proxy. Immutable.
/// </summary>
public sealed class ProxySettings
{
    readonly ProxyAddress? _http, _https;
    readonly ProxyExceptions _exceptions;

    ProxySettings(ProxyAddress? http, ProxyAddress? https, ProxyExceptions exceptions) => (_http, _https, _exceptions) = (http, https, exceptions);

    public static ProxySettings None { get; } = new(null, null, ProxyExceptions.None);

    /// <summary>The variables that were followed, as they were: what another process of the same user needs to do the same.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private init; } = new Dictionary<string, string>();

    public bool IsNone => _http is null && _https is null;

    /// <exception cref="InputException">A variable names what cannot be used.</exception>
    public static ProxySettings From(ProcessEnvironment environment)
    {
        // A web server that runs a program as CGI makes HTTP_PROXY out of a header that any caller may send.
        var isCgi = environment["REQUEST_METHOD"] is not null;
        var all = First(environment, "all_proxy", "ALL_PROXY");
        var http = First(environment, "http_proxy", isCgi ? null : "HTTP_PROXY") ?? all;
        var https = First(environment, "https_proxy", "HTTPS_PROXY") ?? all;
        var except = First(environment, "no_proxy", "NO_PROXY");
        return new(Parse(http), Parse(https), except is var (name, text) ? ProxyExceptions.Parse(name, text) : ProxyExceptions.None)
        {
            Variables = new[] { http, https, except }.OfType<(string Name, string Text)>().DistinctBy(variable => variable.Name)
                .ToDictionary(variable => variable.Name, variable => variable.Text),
        };
    }

    /// <summary>Null when the address is reached without a proxy.</summary>
    public ProxyAddress? For(Uri address) => IsThisMachine(address) || _exceptions.Match(address) ? null : address.Scheme == Uri.UriSchemeHttps ? _https : _http;

    /// <summary>What to show to the proxy at this address; null when it wants nothing.</summary>
    public NetworkCredential? CredentialOf(Uri proxy) =>
        new[] { _https, _http }.FirstOrDefault(known => known?.Address == proxy && known.Credential is not null)?.Credential;

    static ProxyAddress? Parse((string Name, string Text)? variable) => variable is var (name, text) ? ProxyAddress.Parse(name, text) : null;

    static (string Name, string Text)? First(ProcessEnvironment environment, params string?[] names)
    {
        foreach (var name in names.OfType<string>())
            if (environment.Raw(name) is { } text)
                return (name, text);
        return null;
    }

    static bool IsThisMachine(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.DnsSafeHost, out var ip) && (IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
}
