using System.Globalization;
using System.Text.RegularExpressions;

namespace Hfmc.Testing;

/// <summary>Turns the answer with a whole file into the part that a Range header asks for (RFC 9110, section 14).</summary>
static partial class Ranges
{
    public static void Apply(Answer answer, SeenRequest request)
    {
        if (answer.Status is not 200 || !answer.IsFile || request.Range is not { } header || OtherVersionWanted(answer, request))
            return;
        var size = answer.Body.Size;
        if (size is 0)
        {
            answer.With("Content-Range", "bytes */0");
            return;
        }

        // Several ranges, and what is not a range, are as if not said.
        if (Single().Match(header) is not { Success: true } match || Bounds(match, size) is not var (first, last))
            return;
        if (first >= size)
        {
            answer.Status = 416;
            answer.Length = 0;
            answer.With("Content-Range", $"bytes */{size}");
            return;
        }

        answer.Status = 206;
        answer.Offset = first;
        answer.Length = last - first + 1;
        answer.With("Content-Range", $"bytes {first}-{last}/{size}");
    }

    static (long First, long Last)? Bounds(Match match, long size)
    {
        var from = Number(match.Groups["from"].Value);
        var to = Number(match.Groups["to"].Value);
        return (from, to) switch
        {
            (null, null) => null,
            (null, 0) => (size, size),
            (null, { } count) => (Math.Max(0, size - count), size - 1),
            ({ } first, { } last) when last < first => null,
            ({ } first, var last) => (first, Math.Min(last ?? long.MaxValue, size - 1)),
        };
    }

    static bool OtherVersionWanted(Answer answer, SeenRequest request) =>
        request.Headers.TryGetValue("If-Range", out var wanted) && wanted != answer.Headers.GetValueOrDefault("ETag");

    static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\Abytes=(?<from>\d{0,18})-(?<to>\d{0,18})\z")]
    private static partial Regex Single();
}
