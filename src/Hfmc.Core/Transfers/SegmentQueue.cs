using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Deals out the missing ranges of a blob from the front, so that the digest can follow: large segments first, small ones
/// near the end, so that all connections finish together. Safe for several takers.
/// </summary>
public sealed class SegmentQueue
{
    public const long Smallest = 1 << 20, Largest = 16 << 20;

    readonly Lock _lock = new();
    readonly LinkedList<ByteRange> _missing;
    readonly int _takers;
    long _left;

    public SegmentQueue(IEnumerable<ByteRange> missing, int takers)
    {
        _missing = new(missing);
        _takers = takers;
        _left = _missing.Sum(range => range.Length);
    }

    /// <summary>Null when everything was dealt out.</summary>
    /// <param name="takers">How many there are now, where that changes.</param>
    public ByteRange? Take(int? takers = null)
    {
        lock (_lock)
        {
            if (_missing.First is not { Value: var range } first)
                return null;
            var length = Math.Clamp(_left / (2 * (takers ?? _takers)), Smallest, Largest);
            var segment = range with { End = Math.Min(range.End, range.Start + length) };
            if (segment.End == range.End)
                _missing.RemoveFirst();
            else
                first.Value = range with { Start = segment.End };
            _left -= segment.Length;
            return segment;
        }
    }
}
