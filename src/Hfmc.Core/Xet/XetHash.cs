using System.Buffers.Binary;
using System.Globalization;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Xet;

/// <summary>
/// A hash of Xet: of a chunk, a xorb or a file. 32 bytes, written as four groups of eight: each group is a little-endian number,
/// printed as 16 hexadecimal digits, so the text is not that of the bytes in order (https://huggingface.co/docs/xet, "api").
/// </summary>
public readonly record struct XetHash
{
    /// <summary>Bytes of the raw form, and characters of the text.</summary>
    public const int Length = 32, TextLength = 64;

    const int Group = sizeof(ulong), GroupText = 2 * Group;

    readonly ulong _first, _second, _third, _last;

    XetHash(ulong first, ulong second, ulong third, ulong last) => (_first, _second, _third, _last) = (first, second, third, last);

    /// <summary>From the first 32 bytes.</summary>
    public static XetHash Read(ReadOnlySpan<byte> raw) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(raw),
        BinaryPrimitives.ReadUInt64LittleEndian(raw[Group..]),
        BinaryPrimitives.ReadUInt64LittleEndian(raw[(2 * Group)..]),
        BinaryPrimitives.ReadUInt64LittleEndian(raw[(3 * Group)..]));

    /// <summary>64 lower-case digits; the asterisks that stand for a redacted id are none.</summary>
    public static bool TryParse(string? text, out XetHash hash)
    {
        hash = default;
        if (text is not { Length: TextLength } || !Hex.IsLower(text))
            return false;
        hash = new(Parse(text, 0), Parse(text, 1), Parse(text, 2), Parse(text, 3));
        return true;
    }

    /// <summary>Into the first 32 bytes.</summary>
    public void Write(Span<byte> raw)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(raw, _first);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[Group..], _second);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[(2 * Group)..], _third);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[(3 * Group)..], _last);
    }

    /// <summary>The text in ASCII, into the first 64 bytes.</summary>
    public void WriteText(Span<byte> text)
    {
        Format(_first, text);
        Format(_second, text[GroupText..]);
        Format(_third, text[(2 * GroupText)..]);
        Format(_last, text[(3 * GroupText)..]);
    }

    /// <summary>What Xet calls the hash modulo <paramref name="divisor"/>: that of its last group.</summary>
    public ulong Modulo(ulong divisor) => _last % divisor;

    public override string ToString() => $"{_first:x16}{_second:x16}{_third:x16}{_last:x16}";

    static ulong Parse(string text, int group) =>
        ulong.Parse(text.AsSpan(group * GroupText, GroupText), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    static void Format(ulong group, Span<byte> text) => group.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
}
