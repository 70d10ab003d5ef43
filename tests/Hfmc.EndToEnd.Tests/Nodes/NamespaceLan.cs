using System.Diagnostics;
using System.Net;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>
/// Hosts with links of their own, out of network namespaces (<c>bench/lan/net.sh</c>): for what loopback, which has no speed,
/// cannot show. Only root on Linux may make one.
/// </summary>
sealed class NamespaceLan : IAsyncDisposable
{
    static readonly string Script = Path.Combine(HfmcProgram.Repository, "bench", "lan", "net.sh");
    static int _made;

    readonly string _name = $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
    readonly string[] _hosts;

    NamespaceLan(string[] hosts) => _hosts = hosts;

    /// <summary>Speeds are in Mbit/s, the same up and down. Null, with the reason, where the machine does not allow it.</summary>
    public static async Task<(NamespaceLan? Lan, string Reason)> TryMakeAsync(params (string Host, int Speed)[] hosts)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return (null, "network namespaces need root on Linux");
        var lan = new NamespaceLan([.. hosts.Select(host => host.Host)]);
        var (exitCode, said) = await RunAsync(["up", lan._name, .. hosts.Select(host => $"{host.Host}={host.Speed}")]);
        return exitCode is 0 ? (lan, "") : (null, $"no LAN can be made here: {said.Trim()}");
    }

    public IPAddress Address(string host) => IPAddress.Parse($"10.77.0.{1 + Array.IndexOf(_hosts, host)}");

    /// <summary>The same process, on a host of the LAN.</summary>
    public ProcessStartInfo Inside(string host, ProcessStartInfo start)
    {
        var inside = new ProcessStartInfo("ip", ["netns", "exec", $"hfmc-lab-{_name}-{host}", start.FileName, .. start.ArgumentList])
        {
            UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory,
        };
        inside.Environment.Clear();
        foreach (var (variable, value) in start.Environment)
            inside.Environment[variable] = value;
        return inside;
    }

    /// <summary>Ends what still runs on it.</summary>
    public async ValueTask DisposeAsync() => await RunAsync(["down", _name]);

    static async Task<(int ExitCode, string Said)> RunAsync(string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Script, arguments) { RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (1, error.Message);
        }
    }
}
