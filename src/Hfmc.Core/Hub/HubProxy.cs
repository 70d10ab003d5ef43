using System.Net;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>The proxies of the settings, as .NET's HTTP client asks for them.</summary>
sealed class HubProxy(ProxySettings settings) : IWebProxy, ICredentials
{
    // Where no variable says anything, Windows and macOS have settings of their own.
    readonly IWebProxy? _system = settings.Variables.Count is 0 && (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) ? HttpClient.DefaultProxy : null;

    public ICredentials? Credentials { get => this; set => throw new NotSupportedException("the environment says them"); }

    public Uri? GetProxy(Uri destination) => settings.For(destination)?.Address ?? (destination.IsLoopback ? null : _system?.GetProxy(destination));

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    // Basic over HTTP, or what SOCKS has; nothing that would log in with the account of this machine.
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        authType is "NTLM" or "Negotiate" or "Kerberos" ? null : settings.CredentialOf(uri);
}
