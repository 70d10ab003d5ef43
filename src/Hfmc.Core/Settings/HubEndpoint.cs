namespace Hfmc.Core.Settings;

/// <summary>
/// The base address of something that speaks the Hub's API: absolute http or https, maybe with a path, no closing slash,
/// no user, query or fragment.
/// </summary>
public readonly record struct HubEndpoint
{
    HubEndpoint(string text) => Text = text;

    public static HubEndpoint HuggingFace { get; } = new("https://huggingface.co");

    public string Text { get; }

    /// <summary>A <see cref="FormatException"/> with the reason when it is none; a password in it is not repeated.</summary>
    public static HubEndpoint Parse(string text)
    {
        if (text.Contains('@'))
            throw new FormatException("the address holds a user or password: leave it out, and log in with 'hfmc auth login'");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length is 0)
            throw new FormatException($"{SettingWords.Quote(text)} is not an address: want http:// or https:// and a host, for example https://huggingface.co");
        if (address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new FormatException($"{SettingWords.Quote(text)} is more than a base address: leave out what follows ? or #");
        return new($"{OriginOf(address)}{address.AbsolutePath.TrimEnd('/')}");
    }

    /// <summary>The address of <paramref name="path"/>, which starts with a slash and is escaped already.</summary>
    public Uri At(string path) => new(Text + path);

    /// <summary>True for the same scheme, host and port: what a token may depend on.</summary>
    public bool IsOriginOf(Uri address) =>
        address.IsAbsoluteUri && address.UserInfo.Length is 0 && OriginOf(address) == OriginOf(new(Text));

    public override string ToString() => Text;

    static string OriginOf(Uri address) =>
        $"{address.Scheme}://{(address.HostNameType is UriHostNameType.IPv6 ? address.Host : address.IdnHost)}{(address.IsDefaultPort ? "" : $":{address.Port}")}";
}
