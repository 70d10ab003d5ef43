using System.Buffers;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Transfers;

/// <summary>Carries a response body into a sink: big steps, no faster than a limit, and a watch for sources that fall silent.</summary>
public sealed class BodyPump(TimeProvider time, TimeSpan stall, RateLimit? limit = null)
{
    // One step is written and journalled at once, so a kill costs at most this much of each connection. Small enough that the
    // bytes are still in the processor's cache when they are checked and written: steps of 1 MiB cost a fifth more of a core.
    public const int Step = 256 << 10;

    // What a kill may cost in all: with many bodies open, the steps of each are shorter.
    const int InHand = 8 << 20, ShortestStep = 64 << 10;

    // On a slow link a step is handed on early, so that a kill loses little time.
    static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(100);

    // Each read costs a thread its sleep: where bytes come in drops they are let gather, to about this much or for this long.
    const int Gathered = 64 << 10;
    static readonly TimeSpan ShortestGathering = TimeSpan.FromMilliseconds(2), LongestGathering = TimeSpan.FromMilliseconds(20);

    readonly RateLimit _limit = limit ?? new(time);
    int _open;

    /// <summary>Writes exactly <paramref name="length"/> bytes to the sink, from <paramref name="offset"/> on; false when the sink wanted no more.</summary>
    /// <exception cref="SourceException">Too few bytes, or none for too long.</exception>
    public async Task<bool> CopyAsync(Stream body, string source, long offset, long length, IRangeSink sink, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, stall, cancellationToken);
        var step = (int)Math.Min(length, Math.Clamp(InHand / Interlocked.Increment(ref _open), ShortestStep, Step));
        var buffer = ArrayPool<byte>.Shared.Rent(step);
        try
        {
            while (length > 0)
            {
                var filled = await FillAsync(body, source, buffer.AsMemory(0, (int)Math.Min(step, length)), watch);
                if (!sink.Write(offset, buffer.AsSpan(0, filled)))
                    return false;
                offset += filled;
                length -= filled;
            }
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            ArrayPool<byte>.Shared.Return(buffer);
            await SocketThreads.Leave();
        }
    }

    async ValueTask<int> FillAsync(Stream body, string source, Memory<byte> step, StallWatch watch)
    {
        var begun = time.GetTimestamp();
        var filled = 0;
        do
        {
            int read;
            try
            {
                read = await ReadAsync(body, source, step[filled..], watch);
            }
            catch (Exception error) when (filled > 0 && error is SourceException or OperationCanceledException)
            {
                return filled; // What came before the break, or before Ctrl-C, counts; the next read meets the same again.
            }
            if (read is 0)
                return filled > 0 ? filled : throw new SourceException(SourceFault.Unreachable, $"{source} closed the connection too early") { EndedInOrder = true };
            filled += read;
            if (read < Gathered / 2 && filled < step.Length && GatheringAt(filled / time.GetElapsedTime(begun).TotalSeconds, step.Length - filled) is { } pause)
                await Task.Delay(pause, time, watch.Renew()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (filled < step.Length && time.GetElapsedTime(begun) < LongestStep);
        return filled;
    }

    static TimeSpan? GatheringAt(double rate, int wanted)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(wanted, Gathered) / Math.Max(1, rate));
        return pause < ShortestGathering ? null : pause > LongestGathering ? LongestGathering : pause;
    }

    async ValueTask<int> ReadAsync(Stream body, string source, Memory<byte> into, StallWatch watch)
    {
        try
        {
            return await _limit.ReadAsync(body, into, watch.Renew());
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"{source} sent nothing for {stall.TotalSeconds:0} s", inner: error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SourceException(SourceFault.Unreachable, $"{source} broke off: {error.Message}", inner: error);
        }
    }
}
