using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hfmc.Core.Settings;

/// <summary>Which node this is, wherever it is: the SHA-256 of its public key, as 64 lower-case hexadecimal digits. What bears no proof is a claim.</summary>
public readonly record struct NodeId
{
    const int Bytes = 32;

    NodeId(string text) => Text = text;

    public string Text { get; }

    /// <summary>The first eight digits, for tables.</summary>
    public string Short => Text[..8];

    /// <summary>Of the digest of a key.</summary>
    public static NodeId Of(ReadOnlySpan<byte> digest) => digest.Length is Bytes ? new(Convert.ToHexStringLower(digest)) : throw new ArgumentException("not 32 bytes", nameof(digest));

    /// <summary>One that nobody has a key for.</summary>
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
