using System.Buffers;

namespace Hfmc.Core.Transfers;

/// <summary>Carries a response body into a sink: big steps, no faster than a limit, and a watch for sources that fall silent.</summary>
public sealed class BodyPump(TimeProvider time, TimeSpan stall, RateLimit? limit = null)
{
    readonly RateLimit _limit = limit ?? new(time);

    // One step is written and journalled at once, so a kill costs at most this much of each connection.
    public const int Step = 1 << 20;

    // On a slow link a step is handed on early, so that a kill loses little time.
    static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(100);

    /// <summary>Writes exactly <paramref name="length"/> bytes to the sink, from <paramref name="offset"/> on.</summary>
    /// <exception cref="SourceException">Too few bytes, or none for too long.</exception>
    public async Task CopyAsync(Stream body, string source, long offset, long length, IRangeSink sink, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, stall, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Step, length));
        try
        {
            while (length > 0)
            {
                var filled = await FillAsync(body, source, buffer.AsMemory(0, (int)Math.Min(Step, length)), watch);
                if (!sink.Write(offset, buffer.AsSpan(0, filled)))
                    return;
                offset += filled;
                length -= filled;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
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
                return filled > 0 ? filled : throw new SourceException(SourceFault.Unreachable, $"{source} closed the connection too early");
            filled += read;
        }
        while (filled < step.Length && time.GetElapsedTime(begun) < LongestStep);
        return filled;
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
