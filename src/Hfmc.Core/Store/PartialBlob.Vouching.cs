using System.Buffers;

namespace Hfmc.Core.Store;

/// <summary>
/// Which bytes may be shown before the digest has spoken: those that an upstream sent, and those that a proven list of chunks covers.
/// Of the others nobody but their sender says that they are the blob's.
/// </summary>
public sealed partial class PartialBlob
{
    readonly RangeSet _vouched = new();

    /// <summary>These bytes were proven.</summary>
    public void Vouch(ByteRange range)
    {
        lock (_lock)
            if (_held.Contains(range))
                _vouched.Add(range);
    }

    /// <summary>How many bytes from the window's start on may be shown.</summary>
    public long Vouched(ByteRange window)
    {
        lock (_lock)
            foreach (var gap in _vouched.Gaps(window)) // The first is enough, and there may be very many.
                return gap.Start - window.Start;
        return window.Length;
    }

    /// <summary>The parts of the window that are not here, or that nobody vouches for, in order.</summary>
    public IReadOnlyList<ByteRange> Doubtful(ByteRange window)
    {
        lock (_lock)
            return [.. _vouched.Gaps(window)];
    }

    /// <summary>
    /// An upstream sent these bytes, and somebody else was here before it: equal ones are vouched for now. False when some differ.
    /// </summary>
    public bool Confirm(long offset, ReadOnlySpan<byte> bytes)
    {
        var agrees = true;
        foreach (var range in Doubtful(new(offset, offset + bytes.Length)))
        {
            if (Gaps(range).Count > 0)
                continue; // Still being written; whoever waits for it asks again.
            if (AreHere(range, bytes.Slice((int)(range.Start - offset), (int)range.Length)))
                Vouch(range);
            else
                agrees = false;
        }
        return agrees;
    }

    bool AreHere(ByteRange range, ReadOnlySpan<byte> bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            var here = buffer.AsSpan(0, bytes.Length);
            return Read(here, range.Start) == here.Length && here.SequenceEqual(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
