using System.CommandLine;
using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Hfmc.Core;
using Hfmc.Core.Control;
using Hfmc.Core.Platform;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Starts and ends the background daemon.</summary>
static class DaemonControl
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), Glance = TimeSpan.FromMilliseconds(50);

    public static async Task<int> StartAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var daemon = session.Daemon();
        if (await daemon.StatusAsync(cancellationToken) is { } running)
            return Announce(session, running, "the daemon runs already");

        var report = await SpawnAsync(session, cancellationToken);
        if (report.Error is { AlreadyRunning: false } error)
            throw error.ToException();
        var status = await WaitAsync(session, () => daemon.StatusAsync(cancellationToken), status => status is not null, cancellationToken)
            ?? throw new HfmcException(FailureKind.Unexpected, $"the daemon has started but does not answer; see {session.Home.Run.LogFile}");
        return Announce(session, status, report.Error is null ? "the daemon is ready" : "the daemon runs already");
    }

    public static async Task<int> StopAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!await EndAsync(session, cancellationToken))
            throw new NotFoundException("no daemon is running; start it with 'hfmc daemon start'");
        session.Terminal.Say("the daemon has stopped");
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(new(Stopped: true), CliJson.Plain.StoppedJson);
        return ExitCode.Ok;
    }

    public static async Task<int> RestartAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        await EndAsync(session, cancellationToken);
        return await StartAsync(session, parsed, cancellationToken);
    }

    /// <summary>Stops the daemon and waits until it is gone; false when none ran.</summary>
    public static async Task<bool> EndAsync(Session session, CancellationToken cancellationToken)
    {
        using var daemon = session.Daemon();
        if (await daemon.StatusAsync(cancellationToken) is null)
            return false;
        await daemon.StopAsync(cancellationToken);
        if (!await WaitAsync(session, () => Task.FromResult(IsFree(session.Home.Run.LockFile)), free => free, cancellationToken))
            throw new HfmcException(FailureKind.Unexpected, $"the daemon does not end; see {session.Home.Run.LogFile}");
        return true;
    }

    static async Task<StartReport> SpawnAsync(Session session, CancellationToken cancellationToken)
    {
        Detachment.KeepDescriptorsFromChildren();
        var start = SelfAs("daemon", "run", DaemonRun.ChildOption);
        // It starts in another folder than this one.
        foreach (var (variable, path) in session.Environment.RelativePaths(Environment.CurrentDirectory))
            start.Environment[variable] = path;
        using var child = Process.Start(start)
            ?? throw new HfmcException(FailureKind.Unexpected, "the daemon process could not be started");
        child.StandardInput.Close();
        if (await child.StandardOutput.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
            return JsonSerializer.Deserialize(line, ControlJson.Default.StartReport) ?? new(null);
        var said = await child.StandardError.ReadToEndAsync(cancellationToken);
        throw new HfmcException(FailureKind.Unexpected, $"the daemon ended at its start: {said.Trim().ReplaceLineEndings(" ")}");
    }

    // This very program; run by 'dotnet hfmc.dll' the program is dotnet, and the assembly its first argument.
    static ProcessStartInfo SelfAs(params string[] arguments)
    {
        var program = Environment.ProcessPath ?? throw new HfmcException(FailureKind.Unexpected, "the system does not say where this program is");
        var isHost = Path.GetFileNameWithoutExtension(program) is "dotnet";
        return new(program, isHost ? [Path.Combine(AppContext.BaseDirectory, "hfmc.dll"), .. arguments] : arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetPathRoot(program),
        };
    }

    static async Task<T> WaitAsync<T>(Session session, Func<Task<T>> look, Func<T, bool> isGood, CancellationToken cancellationToken)
    {
        var begun = session.Time.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isGood(seen) || session.Time.GetElapsedTime(begun) > Patience)
                return seen;
            await Task.Delay(Glance, session.Time, cancellationToken);
        }
    }

    static bool IsFree(string lockFile)
    {
        try
        {
            using var held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // Gone with its folder, or no longer to be written: nobody holds it, or nobody can tell.
            return !DiskFailure.IsInUse(error);
        }
    }

    static int Announce(Session session, StatusMessage status, string sentence)
    {
        session.Terminal.Say($"{sentence} (pid {status.Pid}, port {status.Port})");
        var hosts = Addresses();
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(new(status.Pid, status.Port, [.. hosts]), CliJson.Plain.StartedJson);
        else
            foreach (var host in hosts)
                session.Terminal.Data($"on other machines: hfmc peer add {host}{(status.Port is 9090 ? "" : $" -p {status.Port}")}");
        return ExitCode.Ok;
    }

    // IPv4 first: it is what people type; link-local IPv6 needs a zone and helps nobody.
    static List<string> Addresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus is OperationalStatus.Up && card.NetworkInterfaceType is not NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses.Select(address => address.Address))
            .Where(address => !address.IsIPv6LinkLocal)
            .OrderBy(address => address.AddressFamily is AddressFamily.InterNetwork ? 0 : 1)
            .Select(address => address.ToString())];
}
