using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Transfers;

/// <summary>Reads an answer of a stranger: no longer than a limit, no slower than a patience, and if JSON is wanted of the expected shape.</summary>
public static class BoundedBody
{
    const int Step = 64 << 10;

    // Bytes a second. The patience is for silence: a long listing over a slow line is no fault, but one that drips is.
    const double SlowestRate = 8 << 10;

    /// <exception cref="SourceException">Too long, too slow, broken off, or not such JSON.</exception>
    public static async Task<T> ReadJsonAsync<T>(
        HttpResponseMessage response, string source, JsonTypeInfo<T> type, int limit, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        using var body = new MemoryStream();
        await ReadAsync(response, source, limit, patience, time, Keep(body), cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type)
                ?? throw new SourceException(SourceFault.Lied, $"{source} sent an empty answer");
        }
        catch (JsonException error)
        {
            throw new SourceException(SourceFault.Lied, $"{source} sent an answer that is not the JSON expected", inner: error);
        }
    }

    /// <summary>The whole body, of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="SourceException">Too long, too slow, or broken off.</exception>
    public static async Task<byte[]> ReadAsync(
        HttpResponseMessage response, string source, long limit, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await ReadAsync(response, source, limit, patience, time, Keep(body), cancellationToken);
        return body.ToArray();
    }

    /// <summary>Hands on the body as it comes, for as long as <paramref name="take"/> wants more: nothing is gathered here.</summary>
    /// <exception cref="SourceException">Too long, too slow, or broken off.</exception>
    public static async Task ReadAsync(
        HttpResponseMessage response, string source, long limit, TimeSpan patience, TimeProvider time, Func<ReadOnlyMemory<byte>, bool> take, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, patience, cancellationToken);
        try
        {
            await ReadAsync(response, source, limit, patience, time, take, watch);
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"{source} sent nothing for {patience.TotalSeconds:0} s, or next to nothing for longer", inner: error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new SourceException(SourceFault.Unreachable, $"{source} broke off: {error.Message}", inner: error);
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    static Func<ReadOnlyMemory<byte>, bool> Keep(MemoryStream body) => part =>
    {
        body.Write(part.Span);
        return true;
    };

    static async Task ReadAsync(
        HttpResponseMessage response, string source, long limit, TimeSpan patience, TimeProvider time, Func<ReadOnlyMemory<byte>, bool> take, StallWatch watch)
    {
        var (begun, taken, step) = (time.GetTimestamp(), 0L, new byte[Step]);
        using var stream = await response.Content.ReadAsStreamAsync(watch.Renew());
        while (await stream.ReadAsync(step, watch.Renew(patience + TimeSpan.FromSeconds(taken / SlowestRate) - time.GetElapsedTime(begun))) is var read and > 0)
        {
            taken += read;
            if (taken > limit)
                throw new SourceException(SourceFault.Lied, $"{source} sent an answer of more than {limit >> 20} MiB");
            if (!take(step.AsMemory(0, read)))
                return;
        }
    }
}
