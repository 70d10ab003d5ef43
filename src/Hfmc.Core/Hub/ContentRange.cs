using System.Globalization;
using System.Text.RegularExpressions;

namespace Hfmc.Core.Hub;

/// <summary>
/// A Content-Range header (RFC 9110, section 14.4), in bytes, <c>Last</c> included. Read here, because .NET takes one that cannot be true
/// for one that is not there.
/// </summary>
/// <param name="First">Null in <c>bytes */size</c>.</param>
/// <param name="Last">Null where <c>First</c> is.</param>
/// <param name="Size">Of the whole; null where it is not told.</param>
readonly partial record struct ContentRange(long? First, long? Last, long? Size)
{
    /// <summary>Null when there is none, or when what is there is not one of bytes.</summary>
    public static ContentRange? Of(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Range", out var values) && Form().Match(values.ToString()) is { Success: true } match
            ? new(Number(match.Groups["first"]), Number(match.Groups["last"]), Number(match.Groups["size"]))
            : null;

    public override string ToString() => $"{(First is null ? "*" : $"{First}-{Last}")}/{(Size is null ? "*" : $"{Size}")}";

    static long? Number(Group group) => group.Success ? long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\A\s*bytes\s+(?:(?<first>\d{1,18})-(?<last>\d{1,18})|\*)/(?:(?<size>\d{1,18})|\*)\s*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
