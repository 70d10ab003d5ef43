using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Hfmc.Core.Repos;

/// <summary>
/// A repository on the Hub: <c>google/gemma-3-4b</c>, <c>datasets/owner/name</c>, or a bare name for the oldest ones.
/// The rules are huggingface_hub's <c>utils/_validators.py</c>: each part of <c>[A-Za-z0-9_.-]</c> between word characters,
/// 96 characters at most, no <c>--</c>, no <c>..</c>, not ending in <c>.git</c>.
/// </summary>
public readonly partial record struct RepoId(RepoType Type, string? Owner, string Name)
{
    const int LongestPart = 96;

    /// <summary>The id without its type, as API paths and people write it.</summary>
    public string Id => Owner is null ? Name : $"{Owner}/{Name}";

    /// <summary>The folder in the cache: <c>models--owner--name</c>.</summary>
    public string FolderName => Owner is null ? $"{Type.Plural()}--{Name}" : $"{Type.Plural()}--{Owner}--{Name}";

    /// <summary>The part of a resolve address before <c>/resolve/</c>: models have no prefix, the others theirs.</summary>
    public string ResolvePath => Type is RepoType.Model ? Id : $"{Type.Plural()}/{Id}";

    /// <summary>The part of an API address after <c>/api/</c>.</summary>
    public string ApiPath => $"{Type.Plural()}/{Id}";

    public static RepoId Parse(string text, RepoType type = RepoType.Model) =>
        TryParse(text, type, out var id)
            ? id
            : throw new InputException($"'{Printable(text)}' is not a repository id: want owner/name, for example prajjwal1/bert-medium");

    /// <summary>Reads <c>owner/name</c>, <c>name</c>, or either behind a type prefix, which wins over <paramref name="type"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, RepoType type, out RepoId id)
    {
        id = default;
        if (text is null || text.Length > 2 * LongestPart + 16)
            return false;

        var parts = text.Split('/');
        if (parts.Length is 2 or 3 && parts[0] is "models" or "datasets" or "spaces" && RepoTypes.TryParse(parts[0], out var named))
            (type, parts) = (named, parts[1..]);
        return TryMake(type, parts, out id);
    }

    /// <summary>The reverse of <see cref="FolderName"/>; false for folders of other kinds.</summary>
    public static bool TryParseFolder(string folder, out RepoId id)
    {
        id = default;
        var parts = folder.Split("--");
        return parts.Length is 2 or 3
            && RepoTypes.TryParse(parts[0], out var type) && parts[0].EndsWith('s')
            && TryMake(type, parts[1..], out id);
    }

    public override string ToString() => ResolvePath;

    // Here an owner called "models" is an owner: a folder's name has no second prefix.
    static bool TryMake(RepoType type, string[] parts, out RepoId id)
    {
        id = default;
        if (parts.Length is not (1 or 2) || !Array.TrueForAll(parts, IsPart))
            return false;
        id = parts is [var owner, var name] ? new(type, owner, name) : new(type, null, parts[0]);
        return true;
    }

    static bool IsPart(string part) =>
        part.Length <= LongestPart && Part().IsMatch(part)
        && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal)
        && !part.EndsWith(".git", StringComparison.Ordinal);

    static string Printable(string text) =>
        string.Concat(text.Take(120).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > 120 ? "…" : "");

    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\z")]
    private static partial Regex Part();
}
