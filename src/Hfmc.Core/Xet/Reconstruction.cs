namespace Hfmc.Core.Xet;

/// <summary>The next bytes of a file: chunks of a xorb. Ends are exclusive.</summary>
/// <param name="Length">Bytes of the file in all of these chunks.</param>
public readonly record struct XorbTerm(XetHash Xorb, int First, int End, int Length);

/// <summary>Chunks of a xorb, and the bytes of it where they stand. Ends are exclusive.</summary>
public readonly record struct XorbPiece(int First, int End, int Start, int Stop);

/// <summary>What of a xorb must be got: pieces in order, which neither overlap nor touch.</summary>
public sealed record XorbFetch(XorbRun Run, IReadOnlyList<XorbPiece> Pieces);

/// <summary>How a range of a file is put together from xorbs (https://huggingface.co/docs/xet, "download protocol").</summary>
/// <param name="Offset">Bytes to leave out at the beginning of the first term.</param>
/// <param name="Terms">In the order of the file; the last may go beyond the range.</param>
/// <param name="Fetches">One for each xorb that a term names.</param>
public sealed record Reconstruction(int Offset, IReadOnlyList<XorbTerm> Terms, IReadOnlyList<XorbFetch> Fetches)
{
    /// <summary>Of a file without bytes.</summary>
    public static Reconstruction OfNothing { get; } = new(0, [], []);

    /// <summary>
    /// Of the bytes from <paramref name="start"/> up to <paramref name="end"/>, which lie in the file and are not none. Only a xorb that the
    /// range begins or ends in is opened; null when one cannot be.
    /// </summary>
    public static Reconstruction? Of(XorbMap map, long start, long end, Func<XorbRun, Xorb?> open)
    {
        var (first, last) = (map.IndexAt(start), map.IndexAt(end - 1));
        var terms = new List<XorbTerm>(last - first + 1);
        var fetches = new Dictionary<XetHash, (XorbRun Run, List<XorbPiece> Pieces)>();
        var offset = 0;
        for (var i = first; i <= last; i++)
        {
            var run = map.Runs[i];
            var (from, to) = (Math.Max(start, run.Start), Math.Min(end, run.End));
            var piece = new XorbPiece(0, run.Count, 0, run.PackedLength);
            var length = run.Length;
            if (from != run.Start || to != run.End)
            {
                if (open(run) is not { } xorb)
                    return null;
                piece = PieceOf(xorb, (int)(from - run.Start), (int)(to - run.Start));
                length = xorb.PlainStart(piece.End) - xorb.PlainStart(piece.First);
                if (i == first)
                    offset = (int)(from - run.Start) - xorb.PlainStart(piece.First);
            }
            terms.Add(new(run.Name, piece.First, piece.End, length));
            if (!fetches.TryGetValue(run.Name, out var fetch))
                fetches.Add(run.Name, fetch = (run, []));
            fetch.Pieces.Add(piece);
        }
        return new(offset, terms, [.. fetches.Values.Select(fetch => new XorbFetch(fetch.Run, Joined(fetch.Pieces)))]);
    }

    static XorbPiece PieceOf(Xorb xorb, int from, int to)
    {
        var (first, end) = (xorb.ChunkAt(from), xorb.ChunkAt(to - 1) + 1);
        return new(first, end, xorb.RecordStart(first), xorb.RecordStart(end));
    }

    // A file may have the same run in several places, and begin and end within them.
    static List<XorbPiece> Joined(List<XorbPiece> pieces)
    {
        pieces.Sort((one, other) => one.First.CompareTo(other.First));
        var joined = new List<XorbPiece>(pieces.Count);
        foreach (var piece in pieces)
            if (joined is [.., var last] && piece.First <= last.End)
                joined[^1] = new(last.First, Math.Max(last.End, piece.End), last.Start, Math.Max(last.Stop, piece.Stop));
            else
                joined.Add(piece);
        return joined;
    }
}
