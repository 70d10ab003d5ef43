using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Hfmc.Core.Repos;

/// <summary>
/// The path of a file in a repo: relative, with <c>/</c>, safe to create below a folder of this system. Refused everywhere: empty
/// segments, <c>.</c> and <c>..</c>, backslashes, control characters, drive letters and UNC forms (huggingface_hub refuses names under
/// POSIX or Windows rules alike); 1024 bytes at most, 255 in a segment. On Windows also what that system cannot keep: the characters
/// <c>&lt; &gt; : " | ? *</c>, dots and spaces at the end of a segment, and names of devices.
/// </summary>
public readonly record struct FilePath : IComparable<FilePath>
{
    const int LongestPath = 1024, LongestSegment = 255;

    FilePath(string text) => Text = text;

    public string Text { get; }

    /// <summary>How many folders the file is below the root.</summary>
    public int Depth => Text.Count(c => c is '/');

    public static FilePath Parse(string text) =>
        TryParse(text, out var path)
            ? path
            : throw new InputException($"'{text.ReplaceLineEndings(" ")}' is not a file path in a repo: want a relative path such as onnx/model.onnx");

    public static bool TryParse([NotNullWhen(true)] string? text, out FilePath path) => TryParse(text, OperatingSystem.IsWindows(), out path);

    internal static bool TryParse([NotNullWhen(true)] string? text, bool isWindows, out FilePath path)
    {
        path = default;
        if (string.IsNullOrEmpty(text) || Encoding.UTF8.GetByteCount(text) > LongestPath || text.Any(IsForbidden) || NamesDrive(text))
            return false;
        foreach (var segment in text.Split('/'))
            if (segment is "" or "." or ".." || Encoding.UTF8.GetByteCount(segment) > LongestSegment || (isWindows && !WindowsNames.MayBe(segment)))
                return false;
        path = new(text);
        return true;
    }

    /// <summary>The path below <paramref name="folder"/>, with this system's separators.</summary>
    public string Below(string folder) => Path.Combine(folder, Text.Replace('/', Path.DirectorySeparatorChar));

    public int CompareTo(FilePath other) => string.CompareOrdinal(Text, other.Text);

    public override string ToString() => Text;

    static bool IsForbidden(char c) => char.IsControl(c) || c is '\\';

    static bool NamesDrive(string text) => text is [var letter, ':', ..] && char.IsAsciiLetter(letter);
}
