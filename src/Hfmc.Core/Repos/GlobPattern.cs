using System.Text;
using System.Text.RegularExpressions;

namespace Hfmc.Core.Repos;

/// <summary>
/// A pattern of <c>--include</c> and <c>--exclude</c>: Python's fnmatch, as <c>hf download</c> has it. Case matters,
/// <c>*</c> crosses <c>/</c>, and a trailing <c>/</c> means the whole folder.
/// </summary>
public sealed class GlobPattern
{
    // NonBacktracking: a pattern of many stars must not take exponential time.
    readonly Regex _regex;

    public GlobPattern(string pattern) =>
        _regex = new(Translate(pattern.EndsWith('/') ? pattern + "**" : pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public bool Matches(FilePath path) => Matches(path.Text);

    /// <summary>The same for a name that is no path here.</summary>
    public bool Matches(string name) => _regex.IsMatch(name);

    static string Translate(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
            _ = pattern[i] switch
            {
                '*' => regex.Append("(?s:.*)"),
                '?' => regex.Append("(?s:.)"),
                '[' when ClassEnd(pattern, i) is var end and > 0 => AppendClass(regex, pattern[(i + 1)..end], out i, end),
                var c => regex.Append(Regex.Escape(c.ToString())),
            };
        return regex.Append(@"\z").ToString();
    }

    // A ']' straight after '[' or '[!' is a member of the class, not its end.
    static int ClassEnd(string pattern, int open)
    {
        var from = open + 1;
        if (from < pattern.Length && pattern[from] is '!')
            from++;
        return from + 1 < pattern.Length ? pattern.IndexOf(']', from + 1) : -1;
    }

    static StringBuilder AppendClass(StringBuilder regex, string members, out int position, int end)
    {
        position = end;
        var negated = members.StartsWith('!');
        var body = (negated ? members[1..] : members).Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal);
        return regex.Append(negated ? "[^" : "[").Append(body).Append(']');
    }
}
