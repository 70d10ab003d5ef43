using System.Globalization;
using System.Text;

namespace Hfmc.Core.Repos;

/// <summary>A name that somebody else chose, as a sentence may show it: what does not print, or turns the writing direction, is escaped.</summary>
public static class PrintedName
{
    const int Longest = 120;

    public static string Of(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Take(Longest))
            _ = Rune.GetUnicodeCategory(rune) switch
            {
                _ when rune.Value is '\\' => text.Append(@"\\"),
                _ when rune.Value is ' ' => text.Append(' '),
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator =>
                    text.Append(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}"),
                _ => text.Append(rune),
            };
        return text.Append(name.Length > Longest ? "..." : "").ToString();
    }
}
