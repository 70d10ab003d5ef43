using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>Writes what arrives into its target, and keeps count of it.</summary>
/// <param name="target">Where the bytes go.</param>
/// <param name="progress">Told of them.</param>
/// <param name="time">The clock.</param>
/// <param name="isEnding">Nobody wants more than the pieces that are being read.</param>
sealed class TransferSink(IBlobTarget target, BlobProgress progress, TimeProvider time, Func<bool> isEnding)
{
    long _received;
    long _lastByte = time.GetTimestamp();

    public TransferSink(IBlobTarget target, BlobProgress progress, TimeProvider time)
        : this(target, progress, time, () => !progress.Wants.IsWhole)
    {
    }

    /// <summary>Bytes that arrived and were new, since the transfer began.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>How long ago the last byte arrived that was missing, from anybody.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastByte));

    /// <summary>Requests end at the next border of a piece.</summary>
    public bool IsEnding => isEnding();

    /// <summary>An upstream sent other bytes than somebody before it.</summary>
    public bool HasDissent { get; private set; }

    /// <summary>For one request, whose place is in <paramref name="read"/>.</summary>
    public IRangeSink For(ISource source, BlobRead read) => new SourceSink(this, source, read);

    bool Write(ISource source, BlobRead read, long offset, ReadOnlySpan<byte> bytes)
    {
        var border = progress.Live.Grid.Range(progress.Live.Grid.PieceAt(offset)).End;
        var isLast = offset + bytes.Length >= border && IsEnding;
        if (isLast)
            bytes = bytes[..(int)(border - offset)];
        var isVouched = source.Kind is not SourceKind.Peer;
        var taken = target.Write(offset, bytes, isVouched);
        progress.Received(source, taken);
        Interlocked.Add(ref _received, taken);
        read.Count(taken);
        // Bytes that are here already are no progress: a source that always ends before the first missing one would keep it up for ever.
        if (taken > 0)
            Volatile.Write(ref _lastByte, time.GetTimestamp());
        if (isVouched && taken < bytes.Length && target is PartialBlob partial)
            Confirm(partial, offset, bytes);
        read.Position = offset + bytes.Length;
        return !isLast;
    }

    void Confirm(PartialBlob partial, long offset, ReadOnlySpan<byte> bytes)
    {
        HasDissent |= !partial.Confirm(offset, bytes);
        progress.Live.Stir(new(offset, offset + bytes.Length));
    }

    sealed class SourceSink(TransferSink sink, ISource source, BlobRead read) : IRangeSink
    {
        public bool Write(long offset, ReadOnlySpan<byte> bytes) => sink.Write(source, read, offset, bytes);
    }
}
