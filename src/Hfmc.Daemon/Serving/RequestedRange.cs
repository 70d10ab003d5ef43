using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hfmc.Daemon.Serving;

/// <summary>What a Range header asks for, as RFC 9110 section 14 has it: several ranges or a malformed header mean everything.</summary>
static class RequestedRange
{
    /// <summary>The range, null for everything; false when no byte of it exists (416).</summary>
    public static bool TryRead(HttpRequest request, long size, out ByteRange? range)
    {
        range = null;
        var header = request.Headers.Range.ToString();
        if (header.Length is 0 or > 200 || size is 0 || !RangeHeaderValue.TryParse(header, out var parsed)
            || parsed.Unit != "bytes" || parsed.Ranges.Count is not 1)
            return true;
        var asked = parsed.Ranges.Single();
        var (start, end) = asked.From is { } from ? (from, Math.Min(asked.To ?? long.MaxValue - 1, size - 1)) : (Math.Max(0, size - (asked.To ?? 0)), size - 1);
        if (start >= size || asked is { From: null, To: 0 })
            return false;
        range = new(start, end + 1);
        return true;
    }
}
