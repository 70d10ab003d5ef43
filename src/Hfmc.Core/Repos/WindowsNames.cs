using System.Buffers;

namespace Hfmc.Core.Repos;

/// <summary>What Windows can keep as the name of a file (learn.microsoft.com, "Naming Files, Paths, and Namespaces").</summary>
static class WindowsNames
{
    static readonly SearchValues<char> s_forbidden = SearchValues.Create("<>:\"|?*");

    // Reserved with any extension, and with the superscript digits too.
    static readonly HashSet<string> s_devices = new(
        (string[])[
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "123456789\u00b9\u00b2\u00b3".SelectMany(digit => (string[])[$"COM{digit}", $"LPT{digit}"]),
        ], StringComparer.OrdinalIgnoreCase);

    public static bool MayBe(string segment) =>
        !segment.AsSpan().ContainsAny(s_forbidden) && segment[^1] is not (' ' or '.') && !s_devices.Contains(segment.Split('.')[0].TrimEnd(' '));
}
