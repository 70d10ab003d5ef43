using System.IO.Compression;

namespace Hfmc.Testing;

/// <summary>Answers that are packed though nobody asked for it. Of a HEAD the length is that of the packed body, as servers have it.</summary>
public static class PackingFaults
{
    internal static void Strike(FaultList faults, HubRequest request, Answer answer)
    {
        if (answer.Status is not (200 or 206))
            return;
        foreach (var fault in faults.Strike(request, FaultKind.Packed))
        {
            var coding = fault.Header ?? "gzip";
            RangeFaults.Replace(answer, coding.Split(',', StringSplitOptions.TrimEntries).Aggregate(answer.Body.ToArray(answer.Offset, (int)answer.Length), Pack));
            answer.With("Content-Encoding", coding.Replace("raw-", ""));
            if (answer.Headers.TryGetValue("ETag", out var tag) && !tag.StartsWith("W/", StringComparison.Ordinal))
                answer.With("ETag", $"W/{tag}");
        }
        foreach (var fault in faults.Strike(request, FaultKind.SaysPacked))
            answer.With("Content-Encoding", fault.Header ?? "gzip");
        foreach (var _ in faults.Strike(request, FaultKind.SuffixedETag))
            if (answer.Headers.TryGetValue("ETag", out var tag))
                answer.With("ETag", $"{tag.TrimEnd('"')}-gzip\"");
    }

    /// <summary>The bytes packed in this way.</summary>
    public static byte[] Pack(byte[] bytes, string coding)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest),
            "raw-deflate" => new DeflateStream(packed, CompressionLevel.Fastest),
            _ => new GZipStream(packed, CompressionLevel.Fastest),
        })
            packing.Write(bytes);
        return packed.ToArray();
    }
}
