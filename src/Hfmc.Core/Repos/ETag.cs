namespace Hfmc.Core.Repos;

/// <summary>How the digest of a blob is computed.</summary>
public enum DigestKind
{
    /// <summary>sha1 over <c>blob {size}\0</c> and the bytes: files that git itself holds.</summary>
    GitSha1,

    /// <summary>sha256 over the bytes: files in large file storage.</summary>
    Sha256,
}

/// <summary>
/// The name of a blob: the digest of its bytes as 40 (git sha1) or 64 (sha256) lower-case hexadecimal digits.
/// The Hub sends it as ETag or X-Linked-ETag, in quotes and sometimes marked weak.
/// </summary>
public readonly record struct ETag
{
    ETag(string text) => Text = text;

    public string Text { get; }

    public DigestKind Kind => Text.Length is 40 ? DigestKind.GitSha1 : DigestKind.Sha256;

    public static ETag FromDigest(ReadOnlySpan<byte> digest) =>
        digest.Length is 20 or 32
            ? new(Convert.ToHexStringLower(digest))
            : throw new ArgumentException("a digest has 20 or 32 bytes", nameof(digest));

    public static bool TryParse(string? text, out ETag etag)
    {
        etag = default;
        if (text is not { Length: 40 or 64 } || !Hex.IsLower(text))
            return false;
        etag = new(text);
        return true;
    }

    /// <summary>
    /// Reads a header value: an optional <c>W/</c>, then quotes around the digest, which servers that pack answers mark
    /// (<c>"...-gzip"</c>, <c>"...--gzip"</c>, <c>"...;br"</c>).
    /// </summary>
    public static bool TryParseHeader(string? header, out ETag etag)
    {
        var text = header?.TrimStart('W', '/').Trim('"');
        return TryParse(text?.IndexOfAny(['-', ';']) is > 0 and var mark ? text[..mark] : text, out etag);
    }

    public override string ToString() => Text;
}
