using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>One request of a swarm on the wire. Counts what it brings, and can be told to end.</summary>
sealed class SwarmRead(SwarmOrder order, ISource source, BlobRead place, IRangeSink sink, SwarmGivers givers, CancellationToken cancellationToken) : IRangeSink, IDisposable
{
    readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    long _received;
    bool _hasStopped;

    public SwarmOrder Order { get; } = order;

    public ISource Source { get; } = source;

    /// <summary>Bytes that it brought, new or not.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>It brought some that were missing.</summary>
    public bool HasDelivered => place.Taken > 0;

    /// <summary>Why it failed; null when it did not.</summary>
    public SourceException? Failure { get; private set; }

    /// <summary>A failure that is not the source's: the disk.</summary>
    public Exception? Defect { get; private set; }

    /// <summary>Never fails: how it ended is in the properties.</summary>
    public async Task RunAsync(IBlobTarget target, ByteRange range, BlobReads reads, SemaphoreSlim slots)
    {
        try
        {
            await slots.WaitAsync(_ending.Token);
            try
            {
                if (Source.Kind is not SourceKind.Peer)
                    await reads.ReadMissingAsync(target, range, ReadAsync, _ending.Token);
                else
                    foreach (var gap in target.Gaps(range))
                        await ReadAsync(gap);
            }
            finally
            {
                slots.Release();
            }
        }
        catch (SourceException error)
        {
            Failure ??= error;
        }
        catch (OperationCanceledException)
        {
            // Told to end.
        }
#pragma warning disable CA1031 // Whatever it is, the transfer throws it on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Defect = error;
        }
    }

    public bool Write(long offset, ReadOnlySpan<byte> bytes)
    {
        givers.Gave(Order.From, new(offset, offset + bytes.Length));
        var goesOn = sink.Write(offset, bytes);
        Interlocked.Add(ref _received, bytes.Length);
        _hasStopped |= !goesOn;
        return goesOn;
    }

    Task ReadAsync(ByteRange gap) => _hasStopped ? Task.CompletedTask : Source.ReadAsync(gap, this, _ending.Token);

    /// <summary>Ends it, as failed for this reason if there is one.</summary>
    public void End(SourceException? because)
    {
        Failure ??= because;
        _ending.Cancel();
    }

    public void Dispose() => _ending.Dispose();
}
