using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// A server that speaks the Hub's API: the Hub itself, a mirror, another hfmc. <c>Token</c> is null unless this is a home of
/// the token (HF_ENDPOINT or huggingface.co, or a host that the user named): only then may it ever see it.
/// </summary>
public sealed record Upstream(Uri Address, SourceKind Kind, AccessToken? Token)
{
    public string Name => Address.IsDefaultPort ? Address.Host : Address.Authority;

    /// <summary>Same scheme, host and port: the only places that a token for this upstream goes.</summary>
    public bool IsHomeOf(Uri address) =>
        Uri.Compare(Address, address, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) is 0;

    /// <summary>An address below this upstream; <paramref name="path"/> is already percent-encoded and has no leading slash.</summary>
    public Uri At(string path) => new($"{Address.AbsoluteUri.TrimEnd('/')}/{path}");
}
