using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>Writes what arrives into its target, and keeps count of it.</summary>
sealed class TransferSink(IBlobTarget target, BlobProgress progress, TimeProvider time)
{
    long _received;
    long _lastByte = time.GetTimestamp();

    /// <summary>Bytes that arrived and were new, since the transfer began.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>How long ago the last byte arrived, from anybody.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastByte));

    public IRangeSink For(ISource source) => new SourceSink(this, source);

    bool Write(ISource source, long offset, ReadOnlySpan<byte> bytes)
    {
        var taken = target.Write(offset, bytes);
        progress.Received(source, taken);
        Interlocked.Add(ref _received, taken);
        Volatile.Write(ref _lastByte, time.GetTimestamp());
        return true;
    }

    sealed class SourceSink(TransferSink sink, ISource source) : IRangeSink
    {
        public bool Write(long offset, ReadOnlySpan<byte> bytes) => sink.Write(source, offset, bytes);
    }
}
