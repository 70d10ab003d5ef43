using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>
/// Which files the Hub keeps in large file storage, and so names by sha256 instead of git's sha1: those that .gitattributes says,
/// those above 10 MB, and binary ones. An empty file never is.
/// </summary>
public sealed class LfsRules
{
    /// <summary>How much of a file's beginning tells whether it is binary; as much as git looks at.</summary>
    public const int HeadLength = 8000;

    const long LargestInGit = 10_000_000;

    /// <summary>What the Hub puts into the .gitattributes of a new repo, and gguf, which it took up later.</summary>
    static readonly string[] s_usual =
    [
        "*.7z", "*.arrow", "*.bin", "*.bz2", "*.ckpt", "*.ftz", "*.gguf", "*.gz", "*.h5", "*.joblib", "*.lfs.*", "*.mlmodel", "*.model", "*.msgpack",
        "*.npy", "*.npz", "*.onnx", "*.ot", "*.parquet", "*.pb", "*.pickle", "*.pkl", "*.pt", "*.pth", "*.rar", "*.safetensors", "saved_model/**/*",
        "*.tar.*", "*.tar", "*.tflite", "*.tgz", "*.wasm", "*.xz", "*.zip", "*.zst", "*tfevents*",
    ];

    readonly IReadOnlyList<(AttributePattern Pattern, bool IsLfs)> _lines;

    LfsRules(IEnumerable<(AttributePattern, bool)> lines) => _lines = [.. lines];

    /// <summary>For a folder without a .gitattributes.</summary>
    public static LfsRules Usual { get; } = new(s_usual.Select(pattern => (new AttributePattern(pattern), true)));

    /// <summary>As a .gitattributes says; of several lines that fit a file, the last one counts.</summary>
    public static LfsRules Parse(string attributes) => new(attributes.Split('\n').Select(ParseLine).OfType<(AttributePattern, bool)>());

    /// <param name="path">The file's name in the repo.</param>
    /// <param name="size">Bytes of the whole file.</param>
    /// <param name="head">Its first <see cref="HeadLength"/> bytes, or all when it has fewer.</param>
    public DigestKind KindOf(FilePath path, long size, ReadOnlySpan<byte> head) =>
        size > 0 && (size > LargestInGit || Names(path) || head.Contains((byte)0)) ? DigestKind.Sha256 : DigestKind.GitSha1;

    bool Names(FilePath path)
    {
        for (var at = _lines.Count - 1; at >= 0; at--)
            if (_lines[at].Pattern.Matches(path))
                return _lines[at].IsLfs;
        return false;
    }

    // Null for a line that says nothing about the filter. Quotes, which git knows too, hold a pattern with blanks together.
    static (AttributePattern Pattern, bool IsLfs)? ParseLine(string line)
    {
        var text = line.Trim();
        if (text is "" or ['#', ..] or ['!', ..] || text.StartsWith("[attr]", StringComparison.Ordinal))
            return null;
        var quoteEnd = text[0] is '"' ? text.IndexOf('"', 1) : -1;
        var end = quoteEnd > 0 ? quoteEnd + 1 : text.IndexOfAny([' ', '\t']) is var blank and > 0 ? blank : text.Length;
        var pattern = quoteEnd > 0 ? text[1..quoteEnd] : text[..end];
        var filter = text[end..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(word => word is "-filter" or "!filter" or "filter" || word.StartsWith("filter=", StringComparison.Ordinal));
        return filter is null || pattern.Length is 0 ? null : (new(pattern), filter is "filter=lfs");
    }
}
