using System.Text;
using System.Text.RegularExpressions;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>
/// A pattern of <c>.gitattributes</c> (git-scm.com/docs/gitattributes): without a slash it is held against the file's name at any
/// depth, with one against the whole path; <c>*</c> stays within a folder, <c>**</c> does not. A folder's pattern matches no file.
/// </summary>
sealed class AttributePattern
{
    const string Blank = "[[:space:]]", Nothing = @"\z\A.";

    readonly Regex _regex;

    public AttributePattern(string pattern)
    {
        var anchored = pattern.TrimEnd('/').Contains('/', StringComparison.Ordinal);
        _regex = Make($@"\A{(anchored ? "" : "(?:.*/)?")}{Translate(pattern.TrimStart('/'))}\z");
    }

    public bool Matches(FilePath path) => _regex.IsMatch(path.Text);

    // NonBacktracking: a pattern of many stars must not take exponential time.
    static Regex Make(string pattern)
    {
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        try
        {
            return new(pattern, Options);
        }
        catch (ArgumentException)
        {
            return new(Nothing, Options); // Letters from z to a: to git such a class has no members.
        }
    }

    static string Translate(string pattern)
    {
        var regex = new StringBuilder();
        for (var at = 0; at < pattern.Length;)
        {
            var (text, length) = pattern.AsSpan(at) switch
            {
                var rest when rest.StartsWith("**/", StringComparison.Ordinal) => ("(?:.*/)?", 3),
                "**" => (".*", 2),
                var rest when rest.StartsWith(Blank, StringComparison.Ordinal) => (@"\s", Blank.Length),
                ['*', ..] => ("[^/]*", 1),
                ['?', ..] => ("[^/]", 1),
                ['\\', var next, ..] => (Regex.Escape(next.ToString()), 2),
                ['[', ..] when ClassEnd(pattern, at) is var end and > 0 => (Class(pattern[(at + 1)..end]), end + 1 - at),
                var rest => (Regex.Escape(rest[0].ToString()), 1),
            };
            regex.Append(text);
            at += length;
        }
        return regex.ToString();
    }

    // A ']' straight after '[' or '[!' is a member of the class, not its end.
    static int ClassEnd(string pattern, int open)
    {
        var from = open + (open + 1 < pattern.Length && pattern[open + 1] is '!' or '^' ? 2 : 1);
        return from + 1 < pattern.Length ? pattern.IndexOf(']', from + 1) : -1;
    }

    static string Class(string members)
    {
        var negated = members[0] is '!' or '^';
        var body = (negated ? members[1..] : members).Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal);
        return $"[{(negated ? "^/" : "")}{body}]";
    }
}
