using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hfmc.Core.Settings;

/// <summary>Which node this is, wherever it is: 32 random bytes as 64 lower-case hexadecimal digits.</summary>
public readonly record struct NodeId
{
    const int Bytes = 32;

    NodeId(string text) => Text = text;

    public string Text { get; }

    /// <summary>The first eight digits, for tables.</summary>
    public string Short => Text[..8];

    public static NodeId New() => new(RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true));

    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        id = default;
        if (text is not { Length: 2 * Bytes } || !text.All(char.IsAsciiHexDigitLower))
            return false;
        id = new(text);
        return true;
    }

    public override string ToString() => Text;
}
