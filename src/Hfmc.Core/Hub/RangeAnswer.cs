using System.Net;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Hub;

/// <summary>
/// What a good answer to a request for bytes of a file is: which bytes its body has, or what it says that cannot be true. Neither: the
/// answer is of no use, and the upstream keeps no ranges. The digest of the whole proves the bytes; this only says where they belong.
/// </summary>
/// <param name="Range">The bytes of the file that the body has.</param>
/// <param name="IsUsable">The body can be taken.</param>
/// <param name="IsPacked">The body must be unpacked.</param>
/// <param name="Problem">What contradicts what is known of the file.</param>
readonly record struct RangeAnswer(ByteRange Range, bool IsUsable, bool IsPacked, string? Problem)
{
    // Of a shorter part each request would cost more than it brings.
    const int ShortestPart = 256 << 10;

    static readonly RangeAnswer s_useless = new(default, IsUsable: false, IsPacked: false, null);

    /// <summary>Of an answer to the whole file's request.</summary>
    public static RangeAnswer ReadWhole(HttpResponseMessage response, RepoFile file)
    {
        var said = ContentRange.Of(response);
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.NonAuthoritativeInformation => OfWhole(response, file) is { IsUsable: true } whole
                ? whole
                : Lie($"{response.Content.Headers.ContentLength} bytes instead of {file.Size}"),
            // Some say so although no range was asked for.
            HttpStatusCode.PartialContent => IsAll(said, file.Size) && OfWhole(response, file) is { IsUsable: true } all ? all : Lie($"the range {said} instead of all"),
            var status => Lie($"status {(int)status}"),
        };
    }

    /// <summary>Of an answer to a request for the range.</summary>
    public static RangeAnswer Read(HttpResponseMessage response, RepoFile file, ByteRange range)
    {
        // A part that is sent as the whole has the length of the part.
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NonAuthoritativeInformation)
            return OfWhole(response, file);
        if (response.StatusCode is not HttpStatusCode.PartialContent)
            return s_useless;
        var said = ContentRange.Of(response);
        if (said?.Size is { } size && size != file.Size)
            return Lie($"the range {said} instead of {range}/{file.Size}");
        if (said is not { First: { } first, Last: { } last })
            return s_useless;
        if (first != range.Start || last < first || last >= range.End)
            return Lie($"the range {said} instead of {range}/{file.Size}");
        var part = new ByteRange(first, last + 1);
        var isWorthIt = part.Length >= Math.Min(range.Length, ShortestPart);
        return isWorthIt && IsLength(response, part.Length) && !IsPackedOnTheWay(response, file) ? new(part, IsUsable: true, IsPacked: false, null) : s_useless;
    }

    static RangeAnswer OfWhole(HttpResponseMessage response, RepoFile file) =>
        IsPackedOnTheWay(response, file) || IsLength(response, file.Size) ? Packed(response, file) : s_useless;

    static RangeAnswer Packed(HttpResponseMessage response, RepoFile file) =>
        new(ByteRange.Whole(file.Size), IsUsable: true, IsPackedOnTheWay(response, file), null);

    static RangeAnswer Lie(string problem) => new(default, IsUsable: false, IsPacked: false, problem);

    static bool IsAll(ContentRange? said, long size) => said is not { } range || (range.First is 0 && range.Last == size - 1 && (range.Size ?? size) == size);

    static bool IsLength(HttpResponseMessage response, long length) => (response.Content.Headers.ContentLength ?? length) == length;

    // A file that is packed itself is said by some servers to be a packed form of another, and sent as it is: its length tells.
    static bool IsPackedOnTheWay(HttpResponseMessage response, RepoFile file)
    {
        if (!ContentCoding.IsPacked(response))
            return false;
        var sent = ContentRange.Of(response) is { } said ? said.Size : response.Content.Headers.ContentLength;
        return !(sent == file.Size && (Ends(file, ".gz") || Ends(file, ".tgz") || Ends(file, ".br") || Ends(file, ".gzip")));
    }

    static bool Ends(RepoFile file, string ending) => file.Path.Text.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
