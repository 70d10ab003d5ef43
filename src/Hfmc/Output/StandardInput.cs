using System.Text;

namespace Hfmc.Output;

/// <summary>Secrets that are piped in.</summary>
static class StandardInput
{
    const int LongestLine = 4096;

    /// <summary>The first line, or as much of it as a secret may have.</summary>
    public static string FirstLine()
    {
        var line = new StringBuilder();
        for (var next = Console.In.Read(); next is not (-1 or '\n') && line.Length < LongestLine; next = Console.In.Read())
            line.Append((char)next);
        return line.ToString().TrimEnd('\r');
    }
}
