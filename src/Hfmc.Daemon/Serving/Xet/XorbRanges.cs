using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>What a request for bytes of a xorb asks for, held against what its link allows.</summary>
static class XorbRanges
{
    /// <summary>As many as the Hub's own links hold.</summary>
    const int Most = 512;

    const int LongestHeader = 8 << 10;

    /// <summary>200 for the whole, 206 for these ranges; 400 for ranges that go back, 403 for bytes that the link does not open, 416 for bytes that are not there.</summary>
    public static (int Status, IReadOnlyList<ByteRange> Ranges) Read(HttpRequest request, XorbLink link)
    {
        var size = (long)link.Run.PackedLength;
        var header = request.Headers.Range.ToString();
        if (header.Length > LongestHeader)
            return (StatusCodes.Status400BadRequest, []);
        // Without a range, or with one that is malformed, everything is asked for (RFC 9110, 14.2).
        if (header.Length is 0 || !RangeHeaderValue.TryParse(header, out var parsed) || parsed.Unit != "bytes")
            return link.Ranges is [var only] && only == ByteRange.Whole(size) ? (StatusCodes.Status200OK, [only]) : (StatusCodes.Status403Forbidden, []);
        if (parsed.Ranges.Count > Most)
            return (StatusCodes.Status400BadRequest, []);

        var ranges = new List<ByteRange>(parsed.Ranges.Count);
        foreach (var asked in parsed.Ranges)
        {
            if (Within(asked, size) is not { } range)
                return (StatusCodes.Status416RangeNotSatisfiable, []);
            // Overlapping ones would make an answer longer than what there is.
            if (ranges is [.., var before] && range.Start < before.End)
                return (StatusCodes.Status400BadRequest, []);
            if (!link.Ranges.Any(allowed => allowed.Start <= range.Start && range.End <= allowed.End))
                return (StatusCodes.Status403Forbidden, []);
            ranges.Add(range);
        }
        return (StatusCodes.Status206PartialContent, ranges);
    }

    static ByteRange? Within(RangeItemHeaderValue asked, long size)
    {
        if (asked.From is not { } from)
            return asked.To is > 0 and var suffix ? new(Math.Max(0, size - suffix), size) : null;
        return from < size ? new(from, Math.Min(asked.To ?? size - 1, size - 1) + 1) : null;
    }
}
