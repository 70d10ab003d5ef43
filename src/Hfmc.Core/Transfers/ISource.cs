using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>Where bytes come from, as users see it in progress and in <c>--json</c>.</summary>
public enum SourceKind
{
    Disk,
    Peer,
    Mirror,
    Hub,
}

/// <summary>
/// Somewhere ranges of one blob come from: a peer, a mirror, the Hub. Cheap to make, safe for several reads at once.
/// </summary>
public interface ISource
{
    /// <summary>For people and logs: <c>peer 192.168.1.7:9090</c>, <c>hf-mirror.com</c>.</summary>
    string Name { get; }

    SourceKind Kind { get; }

    /// <summary>How many ranges of a big blob it is asked for at once.</summary>
    int Connections { get; }

    /// <summary>Its reads are parts of requests that are counted elsewhere: one that waits takes nothing from the others.</summary>
    bool IsCarried => false;

    /// <summary>It gives the blob only as a whole, from its first byte on: one request at a time is enough.</summary>
    bool IsSequential => false;

    /// <summary>
    /// Reads the range into the sink, in order from its start; returns when all of it was delivered.
    /// A source that can only give the whole blob may write from byte 0 to the end instead; one that has just found out that it is such
    /// (<see cref="IsSequential"/>) may return with nothing.
    /// </summary>
    /// <exception cref="SourceException">The source failed; what was written before stays good.</exception>
    Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken);

    /// <summary>It did what no honest source does: whoever asks it next is to know.</summary>
    void Misbehaved(SourceException error)
    {
    }

    /// <summary>Drops what it remembers of earlier answers (links, connections), so that the next read is asked afresh.</summary>
    void Forget();
}

/// <summary>Takes bytes of one blob at their offsets, from several threads.</summary>
public interface IRangeSink
{
    /// <summary>Returns false when the reader should stop: nobody wants these bytes any more.</summary>
    bool Write(long offset, ReadOnlySpan<byte> bytes);
}
