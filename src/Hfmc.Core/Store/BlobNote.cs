using System.Globalization;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// A line of the notes of a repo's blobs: <c>etag size modified word time session</c>. The word is <c>good</c>, <c>doubt</c> or
/// <c>wrong</c>; the session is that of the process which published the blob, <c>-</c> where none did, and the time is in seconds of
/// that process's own clock.
/// </summary>
readonly record struct BlobNote(ETag ETag, BlobStamp Stamp, BlobTrust Trust, long Time, string Session)
{
    public const string NoSession = "-";

    const int Parts = 6;

    public static BlobNote? Parse(string line)
    {
        var parts = line.Split(' ');
        return parts.Length is Parts && ETag.TryParse(parts[0], out var etag) && TryNumber(parts[1], out var size) && TryNumber(parts[2], out var modified)
            && TryNumber(parts[4], out var time) && WordOf(parts[3]) is { } trust
                ? new(etag, new(size, modified), trust, time, parts[5])
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{ETag} {Stamp.Size} {Stamp.Modified} {(Trust is BlobTrust.Same ? "good" : Trust is BlobTrust.Wrong ? "wrong" : "doubt")} {Time} {Session}");

    static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    static BlobTrust? WordOf(string text) => text switch
    {
        "good" => BlobTrust.Same,
        "doubt" => BlobTrust.Changed,
        "wrong" => BlobTrust.Wrong,
        _ => null,
    };
}
