using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hfmc.Core.Transfers;

/// <summary>Reads a JSON answer of a stranger: no longer than a limit, no slower than a patience, and of the expected shape.</summary>
public static class BoundedBody
{
    /// <exception cref="SourceException">Too long, too slow, broken off, or not such JSON.</exception>
    public static async Task<T> ReadJsonAsync<T>(
        HttpResponseMessage response, string source, JsonTypeInfo<T> type, int limit, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        using var watch = new StallWatch(time, patience, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(limit, watch.Renew());
            return await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(watch.Renew()), type, watch.Renew())
                ?? throw new SourceException(SourceFault.Lied, $"{source} sent an empty answer");
        }
        catch (JsonException error)
        {
            throw new SourceException(SourceFault.Lied, $"{source} sent an answer that is not the JSON expected", inner: error);
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"{source} sent nothing for {patience.TotalSeconds:0} s", inner: error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException(SourceFault.Lied, $"{source} sent an answer of more than {limit >> 20} MiB", inner: error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new SourceException(SourceFault.Unreachable, $"{source} broke off: {error.Message}", inner: error);
        }
    }
}
