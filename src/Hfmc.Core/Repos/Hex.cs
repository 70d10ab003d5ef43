namespace Hfmc.Core.Repos;

static class Hex
{
    public static bool IsLower(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c))
                return false;
        return text.Length > 0;
    }
}
