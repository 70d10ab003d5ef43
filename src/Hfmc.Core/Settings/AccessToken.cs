using System.Diagnostics.CodeAnalysis;

namespace Hfmc.Core.Settings;

/// <summary>
/// A login at the Hub: 1 to 512 printable ASCII characters without spaces. It shows itself to nobody who does not ask with
/// <see cref="Reveal"/>: not in text, logs, errors or JSON.
/// </summary>
public readonly record struct AccessToken
{
    public const string Wanted = "a token of printable ASCII without spaces, such as hf_...";

    const int Longest = 512;

    readonly string? _text;

    AccessToken(string text) => _text = text;

    /// <summary>Strips line ends and outer spaces, as huggingface_hub does.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccessToken token)
    {
        token = default;
        var clean = Clean(text);
        if (clean.Length is 0 or > Longest || !clean.All(c => c is > ' ' and <= '~'))
            return false;
        token = new(clean);
        return true;
    }

    /// <summary>The text, for a header or the login file.</summary>
    public string Reveal() => _text ?? "";

    public override string ToString() => "hf_…";

    internal static string Clean(string? text) =>
        text?.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim() ?? "";
}
