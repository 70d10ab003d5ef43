using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>Which bytes of a file a request is answered with.</summary>
/// <param name="Range">What is sent.</param>
/// <param name="IsPart">As 206; else as 200 with everything.</param>
/// <param name="IsBounded">The request named an end: no more than that is wanted.</param>
/// <param name="ContentRange">The header, where there is one.</param>
readonly record struct AskedBytes(ByteRange Range, bool IsPart, bool IsBounded, string? ContentRange)
{
    /// <summary>Reads Range and If-Range. False when no such byte exists (416).</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="size">Of the file.</param>
    /// <param name="tag">The file's, quoted.</param>
    /// <param name="isDoubted">
    /// Wrong bytes of the file were sent to somebody: who goes on where he was cut off gets everything again, as 200 allows, and so never
    /// puts the rest behind wrong bytes.
    /// </param>
    /// <param name="asked">The answer.</param>
    public static bool TryRead(HttpRequest request, long size, string tag, bool isDoubted, out AskedBytes asked)
    {
        asked = new(ByteRange.Whole(size), IsPart: false, IsBounded: false, null);
        var header = request.Headers.Range.ToString();
        if (header.Length is 0 || request.Headers.IfRange is { Count: > 0 } wanted && wanted != tag)
            return true;
        if (size is 0)
        {
            // So that clients which read the size from here find one.
            asked = asked with { ContentRange = "bytes */0" };
            return true;
        }
        if (!RequestedRange.TryRead(request, size, out var range))
            return false;
        if (range is not { } part)
            return true;
        var isOpen = header.EndsWith('-');
        if (!(isDoubted && isOpen && part.Start > 0))
            asked = new(part, IsPart: true, IsBounded: !isOpen, $"bytes {part}/{size}");
        return true;
    }
}
