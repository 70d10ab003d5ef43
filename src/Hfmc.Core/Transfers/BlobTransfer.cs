using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>The limits of one transfer.</summary>
/// <param name="Patience">How long it waits for the next byte from anybody before it gives up.</param>
/// <param name="Connections">Shared by all transfers of the process: one count for each range being read.</param>
public sealed record TransferLimits(TimeSpan Patience, SemaphoreSlim Connections)
{
    /// <summary>With one step of <see cref="BodyPump.Step"/> each, what a kill can cost in all.</summary>
    public const int MostConnections = 8;

    /// <summary>Requests to peers that a process has open.</summary>
    public const int MostPeerRequests = 96;

    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(5);

    /// <summary>Shared as <see cref="Connections"/> is, for what comes over the LAN.</summary>
    public SemaphoreSlim PeerRequests { get; init; } = new(MostPeerRequests);
}

/// <summary>
/// Fills a blob target: the cheapest source that works, several ranges of it at once, the next source where it fails, from
/// the byte where it stopped; then the digest. Wrong bytes are thrown away, and from then on one source at a time fills the
/// whole blob, so that blame falls on the right one.
/// </summary>
public sealed class BlobTransfer(
    string file, IBlobTarget target, IReadOnlyList<ISource> sources, TransferLimits limits, BlobProgress progress, TimeProvider time)
{
    // Jitter spreads retries of many machines; it decides nothing.
    readonly SourceRoster _roster = new(sources, time, Random.Shared);
    readonly TransferSink _sink = new(target, progress, time);
    bool _mixed = target.Held > 0;
    bool _solo;
    ISource? _last;

    /// <summary>Returns when every byte is there and the digest agrees. What a crowd has brought need not be fetched from the sources.</summary>
    public async Task RunAsync(SwarmContext? crowd, CancellationToken cancellationToken)
    {
        if (crowd is not null && target is PartialBlob partial)
        {
            var fill = new SwarmFill(file, partial, crowd, _roster, _sink, limits, progress, time);
            do
            {
                await fill.RunAsync(cancellationToken);
                if (await target.AgreesAsync(cancellationToken))
                {
                    fill.NameGuilty();
                    return;
                }
            }
            while (await fill.FindWrongAsync(cancellationToken));
            _mixed = true;
        }
        await RunAsync(cancellationToken);
    }

    /// <summary>Returns when every byte is there and the digest agrees.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        do
        {
            while (target.Missing() is { Count: > 0 } missing)
            {
                if (_sink.IsEnding)
                    throw new OperationCanceledException("nobody wants the whole of it any more");
                await FetchAsync(await NextSourceAsync(cancellationToken), progress.Wants.InOrder(missing), cancellationToken);
            }
        }
        while (!await AgreesAsync(cancellationToken));
    }

    async Task<ISource> NextSourceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_roster.Next() is { } source)
                return source;
            if (_roster.IsExhausted)
                throw TransferFailure.Of(file, _roster.Failures);
            var wait = _roster.UntilNext();
            if (_sink.Silence + wait > limits.Patience)
                throw TransferFailure.OutOfPatience(file, limits.Patience, _roster.Failures);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    async Task FetchAsync(ISource source, IReadOnlyList<ByteRange> missing, CancellationToken cancellationToken)
    {
        if (_last != source && _last is not null)
        {
            if (_solo)
                missing = await RestartAsync();
            else
                _mixed |= target.Held > 0;
        }
        (_last, progress.Source) = (source, source.Name);

        var before = _sink.Received;
        var failure = await ReadSegmentsAsync(source, missing, cancellationToken);
        if (failure is null)
            return;
        progress.Retried();
        _roster.Failed(source, failure, delivered: _sink.Received > before);
    }

    // The source's first failure ends the dealing; its other connections still finish what they are reading. A failure that is not
    // the source's (the disk is full) ends them all.
    async Task<SourceException?> ReadSegmentsAsync(ISource source, IReadOnlyList<ByteRange> missing, CancellationToken cancellationToken)
    {
        var takers = (int)Math.Clamp(missing.Sum(range => range.Length) / SegmentQueue.Smallest, 1, source.Connections);
        var queue = new SegmentQueue(missing, takers);
        var crew = new ReaderCrew(takers, () => _sink.Received, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        SourceException? failure = null;

        async Task ReadAsync()
        {
            try
            {
                while (failure is null && !_sink.IsEnding && crew.Stays() && queue.Take(crew.Size) is { } segment)
                    if (target.Gaps(segment).Count > 0) // Else it came with a body that ignored its range.
                        await ReadOneAsync(source, segment, ending.Token);
            }
            catch (SourceException error)
            {
                failure = error;
            }
            catch (DiskException)
            {
                await ending.CancelAsync();
                throw;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Ended by the disk, whose failure is the one to be seen.
            }
        }

        await crew.RunAsync(ReadAsync);
        return failure;
    }

    async Task ReadOneAsync(ISource source, ByteRange segment, CancellationToken cancellationToken)
    {
        using var read = progress.Live.Reads.Enter(segment, source.Kind);
        var sink = _sink.For(source, read);
        var slots = source.IsCarried ? null : source.Kind is SourceKind.Peer ? limits.PeerRequests : limits.Connections;
        if (slots is not null)
            await slots.WaitAsync(cancellationToken);
        try
        {
            await progress.Live.Reads.ReadMissingAsync(
                target, segment, gap => _sink.IsEnding ? Task.CompletedTask : source.ReadAsync(gap, sink, cancellationToken), cancellationToken);
        }
        finally
        {
            slots?.Release();
        }
    }

    async Task<bool> AgreesAsync(CancellationToken cancellationToken)
    {
        if (await target.AgreesAsync(cancellationToken))
            return true;
        if (target.Blob.Size is 0)
            throw new CorruptException($"{file}: it is listed as empty, but {target.Blob.ETag} is not the id of an empty file; try another source ('hfmc conf sources set URL')");
        if (_mixed && await TryWithoutPeersAsync())
            return false;
        if (_mixed || _last is null)
            _solo = true;
        else
            _roster.Strike(_last, new(SourceFault.WrongBytes, $"{_last.Name} sent bytes whose digest is not {target.Blob.ETag}"));
        foreach (var source in sources)
            source.Forget();
        progress.Retried();
        await RestartAsync();
        return false;
    }

    // What an upstream has sent stays: it may have been shown to somebody already, and most likely it is what peers sent that is wrong.
    async Task<bool> TryWithoutPeersAsync()
    {
        if (target is not PartialBlob partial || partial.Doubtful(ByteRange.Whole(target.Blob.Size)) is not { Count: > 0 } doubtful || doubtful[0] == ByteRange.Whole(target.Blob.Size)
            || !sources.Any(source => source.Kind is not SourceKind.Peer && _roster.RestOf(source) is not null))
            return false;
        foreach (var peer in _roster.Sources.Where(source => source.Kind is SourceKind.Peer))
            _roster.LeaveOut(peer, new(SourceFault.WrongBytes, $"{peer.Name} may have sent bytes that are not of {target.Blob.ETag}"));
        await partial.ForgetAsync(doubtful);
        var (dropped, ofPeers) = (doubtful.Sum(range => range.Length), progress.From(SourceKind.Peer));
        progress.Dropped(SourceKind.Peer, Math.Min(dropped, ofPeers));
        progress.Dropped(SourceKind.Disk, Math.Max(0, dropped - ofPeers));
        progress.Retried();
        return true;
    }

    async Task<IReadOnlyList<ByteRange>> RestartAsync()
    {
        await target.ResetAsync();
        progress.Restart();
        _mixed = false;
        return target.Missing();
    }
}
