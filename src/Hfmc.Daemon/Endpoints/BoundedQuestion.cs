using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hfmc.Core.Platform;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Daemon.Endpoints;

/// <summary>Reads a JSON body that may not be longer than a limit.</summary>
static class BoundedQuestion
{
    /// <summary>Null when it is too long, or not such JSON.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int limit)
        where T : class
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        using var place = context.Features.Get<OpenQuestions>() is { } open ? await open.EnterAsync(context) : null;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (Exception error) when (error is JsonException or BadHttpRequestException)
        {
            return null;
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }
}
