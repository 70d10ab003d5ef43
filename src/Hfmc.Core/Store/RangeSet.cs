namespace Hfmc.Core.Store;

/// <summary>Byte ranges, sorted, none touching another. Not safe for several threads.</summary>
public sealed class RangeSet
{
    readonly List<ByteRange> _ranges = [];

    public IReadOnlyList<ByteRange> Ranges => _ranges;

    /// <summary>Bytes in all ranges together.</summary>
    public long Length { get; private set; }

    /// <summary>The length of the range that starts at 0: what a digest can already read in order.</summary>
    public long Prefix => _ranges is [{ Start: 0, End: var end }, ..] ? end : 0;

    public void Add(ByteRange range)
    {
        if (range.IsEmpty)
            return;
        var first = FirstEndingAtOrAfter(range.Start);
        var (last, start, end) = (first, range.Start, range.End);
        for (; last < _ranges.Count && _ranges[last].Start <= range.End; last++)
        {
            start = Math.Min(start, _ranges[last].Start);
            end = Math.Max(end, _ranges[last].End);
            Length -= _ranges[last].Length;
        }
        _ranges.RemoveRange(first, last - first);
        _ranges.Insert(first, new(start, end));
        Length += end - start;
    }

    public void Remove(ByteRange range)
    {
        if (range.IsEmpty)
            return;
        var kept = new List<ByteRange>(_ranges.Count + 1);
        foreach (var known in _ranges)
        {
            if (known.End <= range.Start || known.Start >= range.End)
            {
                kept.Add(known);
                continue;
            }
            if (known.Start < range.Start)
                kept.Add(known with { End = range.Start });
            if (known.End > range.End)
                kept.Add(known with { Start = range.End });
        }
        _ranges.Clear();
        _ranges.AddRange(kept);
        Length = kept.Sum(known => known.Length);
    }

    public void Clear()
    {
        _ranges.Clear();
        Length = 0;
    }

    public bool Contains(ByteRange range)
    {
        var at = FirstEndingAtOrAfter(range.End);
        return range.IsEmpty || at < _ranges.Count && _ranges[at].Start <= range.Start;
    }

    /// <summary>The parts of <paramref name="window"/> that no range covers, in order.</summary>
    public IEnumerable<ByteRange> Gaps(ByteRange window)
    {
        var at = window.Start;
        for (var i = FirstEndingAtOrAfter(window.Start); i < _ranges.Count && _ranges[i].Start < window.End; i++)
        {
            if (_ranges[i].Start > at)
                yield return new(at, _ranges[i].Start);
            at = Math.Max(at, _ranges[i].End);
        }
        if (at < window.End)
            yield return new(at, window.End);
    }

    /// <summary>The parts of <paramref name="window"/> that are covered, in order.</summary>
    public IEnumerable<ByteRange> Within(ByteRange window)
    {
        for (var i = FirstEndingAtOrAfter(window.Start); i < _ranges.Count && _ranges[i].Start < window.End; i++)
            if (new ByteRange(Math.Max(window.Start, _ranges[i].Start), Math.Min(window.End, _ranges[i].End)) is { IsEmpty: false } part)
                yield return part;
    }

    int FirstEndingAtOrAfter(long offset)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
