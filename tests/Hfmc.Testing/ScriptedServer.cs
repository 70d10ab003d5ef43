using System.Net;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Testing;

/// <summary>A real server on loopback that answers as the test says: for what no honest server ever sends.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    readonly Listener _listener;

    ScriptedServer(Func<HttpContext, Task> answer) => _listener = new(IPAddress.Loopback, port: 0, answer);

    public Uri Endpoint => _listener.Endpoint;

    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, Task> answer, CancellationToken cancellationToken)
    {
        var server = new ScriptedServer(answer);
        await server._listener.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>A server that gives the same JSON for every path that starts so, and 404 for the others.</summary>
    public static Task<ScriptedServer> StartAsync(IReadOnlyDictionary<string, string> json, CancellationToken cancellationToken) =>
        StartAsync(async http =>
        {
            if (json.Keys.FirstOrDefault(start => http.Request.Path.Value!.StartsWith(start, StringComparison.Ordinal)) is { } start)
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(json[start], http.RequestAborted);
            }
            else
            {
                http.Response.StatusCode = 404;
            }
        }, cancellationToken);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
