using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>The fake hub as a process of its own, on a host of a LAN; ends with that.</summary>
sealed class LanOrigin : IDisposable
{
    const int Port = 8080;

    readonly Process _process;

    LanOrigin(Process process, JsonElement said)
    {
        (_process, Endpoint) = (process, new(said.GetProperty("endpoint").GetString()!));
        ETag = said.GetProperty("files").EnumerateArray().MaxBy(file => file.GetProperty("size").GetInt64()).GetProperty("etag").GetString()!;
    }

    public Uri Endpoint { get; }

    /// <summary>The name of its biggest blob.</summary>
    public string ETag { get; }

    /// <summary>Serves <c>model.safetensors</c> of this size, and a small file.</summary>
    public static async Task<LanOrigin> StartAsync(NamespaceLan lan, string host, string repo, int size, CancellationToken cancellationToken)
    {
        var start = lan.Inside(host, new(BuiltProgram.Of("Hfmc.FakeHub", "hfmc-fakehub"),
            ["--repo", repo, "--size", $"{size}", "--bind", $"{lan.Address(host)}", "--port", $"{Port}", "--cdn-port", $"{Port + 1}"]));
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("the fake hub ended before it was ready");
        return new(process, JsonDocument.Parse(said).RootElement);
    }

    /// <summary>Bytes of the biggest blob that have left.</summary>
    public async Task<long> ServedAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync("".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var said = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return JsonDocument.Parse(said!).RootElement.GetProperty("served").TryGetProperty(ETag, out var served) ? served.GetInt64() : 0;
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
