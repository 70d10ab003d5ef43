using System.Net;
using System.Text.Json;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// HF_ENDPOINT that names this machine's own daemon, as <c>hfmc env</c> tells other tools to: for hfmc itself it is no upstream,
/// because a daemon that asks itself finds nothing.
/// </summary>
static class OwnEndpoint
{
    const int LargestFile = 1 << 16;

    /// <summary>The endpoint when it is a loopback address on the configured port or on that of the running daemon; else null.</summary>
    public static HubEndpoint? In(ProcessEnvironment environment, HomePaths home, int port) =>
        LoopbackEndpoint(environment) is { } endpoint && new Uri(endpoint.Text).Port is var said
            && (said == port || said == DaemonPort(home.Run.PidFile))
            ? endpoint
            : null;

    /// <summary>HF_ENDPOINT when it is on this machine; null also when it is no address, which is said elsewhere.</summary>
    public static HubEndpoint? LoopbackEndpoint(ProcessEnvironment environment)
    {
        try
        {
            return environment[HfmcSettings.EndpointVariable] is { } text && HubEndpoint.Parse(text.Trim()) is var endpoint && IsLoopback(new(endpoint.Text))
                ? endpoint
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // 0.0.0.0 as a destination is this machine too.
    static bool IsLoopback(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.DnsSafeHost, out var host) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any)));

    // What the daemon wrote at its start: its port may have been an option, or changed in the settings since.
    static int? DaemonPort(string file)
    {
        try
        {
            using var said = JsonDocument.Parse(PrivateFile.ReadText(file, LargestFile, DiskPlace.Run) ?? "null");
            return said.RootElement.ValueKind is JsonValueKind.Object && said.RootElement.TryGetProperty("port", out var port) && port.TryGetInt32(out var number)
                ? number
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or HfmcException)
        {
            return null;
        }
    }
}
