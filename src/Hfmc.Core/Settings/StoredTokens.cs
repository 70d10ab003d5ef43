using System.Text;

namespace Hfmc.Core.Settings;

/// <summary>
/// The text of huggingface_hub's <c>stored_tokens</c>: an INI file (Python's configparser) with a section per token name,
/// <c>hf_token</c> in each and for OAuth logins <c>refresh_token</c> and <c>expires_at</c>. Lines that are not changed stay as they are.
/// </summary>
sealed class StoredTokens
{
    const string TokenKey = "hf_token";
    const int LongestName = 200;

    readonly List<string> _preamble = [];
    readonly SortedDictionary<string, List<string>> _sections = new(StringComparer.Ordinal);

    public static StoredTokens Parse(string text)
    {
        var stored = new StoredTokens();
        var lines = stored._preamble;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
            if (line is ['[', _, .., ']'])
                lines = stored.Section(line[1..^1]);
            else
                lines.Add(line);
        return stored;
    }

    /// <summary>Puts the token under the name, an <see cref="InputException"/> for a name that a section cannot have.</summary>
    public void Set(string name, AccessToken token)
    {
        // DEFAULT is configparser's own section, whose values would show in all others.
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl) || name.Trim() != name || name is "DEFAULT")
            throw new InputException($"{SettingWords.Quote(name)} cannot be the name of a token: want 1 to {LongestName} printable characters");

        var lines = Section(name);
        if (TokenOf(lines) == token)
            return;
        // What refreshes the former token would overwrite this one.
        lines.RemoveAll(line => KeyOf(line) is TokenKey or "refresh_token" or "expires_at");
        lines.Insert(0, $"{TokenKey} = {token.Reveal()}");
    }

    /// <summary>Drops the sections with this token; false when there is none.</summary>
    public bool Remove(AccessToken token)
    {
        var names = _sections.Where(section => TokenOf(section.Value) == token).Select(section => section.Key).ToArray();
        foreach (var name in names)
            _sections.Remove(name);
        return names.Length > 0;
    }

    /// <summary>As configparser writes it, sorted by name; empty when nothing is left.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var line in _preamble)
            text.Append(line).Append('\n');
        foreach (var (name, lines) in _sections)
        {
            text.Append('[').Append(name).Append("]\n");
            foreach (var line in lines)
                text.Append(line).Append('\n');
            text.Append('\n');
        }

        return text.ToString();
    }

    List<string> Section(string name) =>
        _sections.TryGetValue(name, out var lines) ? lines : _sections[name] = [];

    static AccessToken? TokenOf(List<string> lines) =>
        lines.Find(line => KeyOf(line) is TokenKey) is { } line
        && AccessToken.TryParse(line[(line.IndexOfAny(['=', ':']) + 1)..], out var token)
            ? token
            : null;

    // Comments and lines that continue the one above have no key.
    static string? KeyOf(string line) =>
        line[0] is not ('#' or ';' or ' ' or '\t') && line.IndexOfAny(['=', ':']) is var end and > 0
            ? line[..end].Trim().ToLowerInvariant()
            : null;
}
