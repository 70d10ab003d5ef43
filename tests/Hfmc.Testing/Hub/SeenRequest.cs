using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Testing;

/// <summary>A request that reached the fake hub, as it was sent. Header names are compared without case.</summary>
public sealed class SeenRequest
{
    internal SeenRequest(HubSide side, HttpContext http)
    {
        Side = side;
        Method = http.Request.Method;
        Target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Host = http.Request.Host.Host;
        Port = http.Connection.LocalPort;
        ConnectionId = http.Connection.Id;
        Headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    public HubSide Side { get; }

    public string Method { get; }

    /// <summary>Path and query, still escaped.</summary>
    public string Target { get; }

    /// <summary>The host of the Host header, without its port.</summary>
    public string Host { get; }

    /// <summary>The port the request came in by.</summary>
    public int Port { get; }

    public string ConnectionId { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    public string? Range => Headers.GetValueOrDefault("Range");

    public string? UserAgent => Headers.GetValueOrDefault("User-Agent");

    public string? Via => Headers.GetValueOrDefault("X-Hfmc-Via");

    /// <summary>The token of a Bearer header.</summary>
    public string? Token =>
        Authorization is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    /// <summary>The status answered; 0 until there is one.</summary>
    public int Status { get; internal set; }

    public override string ToString() => $"{Side} {Method} {Target} {Range} -> {Status}";
}
