using System.Globalization;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>What a link to bytes of a xorb says: all that it takes to make them from the file, and which of them it is good for.</summary>
/// <param name="Grant">The number of the grant that it was given under.</param>
/// <param name="Blob">The file's bytes.</param>
/// <param name="Run">The part of the file.</param>
/// <param name="IsEven">The run is cut evenly.</param>
/// <param name="Ranges">Bytes of the xorb, ascending.</param>
sealed record XorbLink(long Grant, Blob Blob, XorbRun Run, bool IsEven, IReadOnlyList<ByteRange> Ranges)
{
    public const string Root = "/xorb/default/";

    const string Query = "?of=", Even = "even", Own = "own";
    const int Fields = 10;

    /// <summary>Path and query, without a signature: only characters that no client writes in another way. It ends in whole seconds of the process's steady clock.</summary>
    public string Write(TimeSpan ends) => string.Create(CultureInfo.InvariantCulture,
        $"{Root}{Run.Name}{Query}{Grant}.{Blob.ETag}.{Blob.Size}.{(IsEven ? Even : Own)}.{Run.First}.{Run.Count}.{Run.Start}.{Run.Length}.{string.Join('_', Ranges)}.{(long)ends.TotalSeconds}");

    /// <summary>The reverse; null for anything else. Whether it is to be believed, the signature says.</summary>
    public static (XorbLink Link, TimeSpan Ends)? Read(string text)
    {
        if (!text.StartsWith(Root, StringComparison.Ordinal) || text[Root.Length..].Split(Query) is not [var name, var told]
            || !XetHash.TryParse(name, out var hash) || told.Split('.') is not { Length: Fields } fields
            || !ETag.TryParse(fields[1], out var etag) || fields[3] is not (Even or Own))
            return null;
        if (Number(fields[0]) is not { } grant || Number(fields[2]) is not { } size || Number(fields[6]) is not { } start || Number(fields[9]) is not { } ends
            || Number(fields[4]) is not (<= int.MaxValue and var first) || Number(fields[5]) is not (> 0 and <= Xorb.MostChunks and var count)
            || Number(fields[7]) is not (> 0 and <= Xorb.MostBytes and var length) || start > size - length || ends > int.MaxValue)
            return null;
        var run = new XorbRun(hash, (int)first, (int)count, start, (int)length);
        return ReadRanges(fields[8], run.PackedLength) is { } ranges
            ? (new(grant, new(etag, size), run, fields[3] is Even, ranges), TimeSpan.FromSeconds(ends))
            : null;
    }

    static List<ByteRange>? ReadRanges(string text, int packed)
    {
        var ranges = new List<ByteRange>();
        foreach (var range in text.Split('_'))
            if (range.Split('-') is [var from, var to] && Number(from) is { } start && Number(to) is { } last && start <= last && last < packed
                && !(ranges is [.., var before] && start < before.End))
                ranges.Add(new(start, last + 1));
            else
                return null;
        return ranges;
    }

    static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
