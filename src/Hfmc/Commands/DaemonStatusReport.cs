using System.CommandLine;
using Hfmc.Core.Control;
using Hfmc.Core.Transfers;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Whether the daemon runs, and what it does.</summary>
static class DaemonStatusReport
{
    public static async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var daemon = session.Daemon();
        var status = await daemon.StatusAsync(cancellationToken);
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(StatusJson.Of(status), CliJson.Plain.StatusJson);
        else if (status is not null)
            Print(session.Terminal, status);
        if (status is null)
            session.Terminal.Error("no daemon is running; start it with 'hfmc daemon start'");
        return status is null ? ExitCode.NotFound : ExitCode.Ok;
    }

    static void Print(Terminal terminal, StatusMessage status)
    {
        terminal.Data($"running   pid {status.Pid}, hfmc {status.Version}, up {Size.Time(TimeSpan.FromSeconds(status.UptimeSeconds))}");
        terminal.Data($"port      {status.Port}");
        terminal.Data($"node      {status.Node[..8]}");
        terminal.Data($"cache     {status.Cache}");
        terminal.Data($"served    {Size.Text(status.ServedBytes)}");
        terminal.Data($"fetched   {Size.Text(status.FetchedBytes)}");
        terminal.Data($"messages  {status.Messages}");
        foreach (var misdeed in status.Misdeeds ?? [])
            terminal.Data($"wrong     {misdeed.Deed} ({Times(misdeed.Times)}{Rest(misdeed, TimeProvider.System)})");
        foreach (var transfer in status.Transfers)
        {
            terminal.Data($"transfer  {transfer.Etag[..12]} {Size.Text(transfer.Held)} of {Size.Text(transfer.Size)} {transfer.Source}");
            if (transfer.Crowd is { } crowd)
                terminal.Data($"  crowd   {Words(crowd, transfer.Size)}");
        }
    }

    static string Times(int times) => times is 1 ? "once" : $"{times} times";

    /// <summary>How long a source is not asked; empty when it is.</summary>
    public static string Rest(Misdeed misdeed, TimeProvider time) =>
        misdeed.RestsUntil > time.GetUtcNow() ? $"; not asked until {misdeed.RestsUntil.ToLocalTime():HH:mm:ss}" : "";

    static string Words(CrowdStatus crowd, long size) =>
        $"{Size.Count(crowd.Members, "member")}, {Size.Count(crowd.Owners, "owner")}; {crowd.Held} of {Size.Count(crowd.Pieces, "piece")} here, {crowd.Provisional} not proven yet, "
        + $"{crowd.Owned} owned; {(double)crowd.UpstreamBytes / size:0.00} copies from upstream, {Size.Text(crowd.RelayedBytes)} relayed";
}

/// <summary><c>daemon status --json</c>; counts are of bytes since the daemon's start.</summary>
sealed record StatusJson(
    bool Running, int? Pid, int? Port, string? Version, double? UptimeS, IReadOnlyList<TransferStatus> Transfers, long ServedBytes, long FetchedBytes,
    long Messages, IReadOnlyList<Misdeed> Misdeeds)
{
    public static StatusJson Of(StatusMessage? status) => status is null
        ? new(false, null, null, null, null, [], 0, 0, 0, [])
        : new(true, status.Pid, status.Port, status.Version, status.UptimeSeconds, status.Transfers, status.ServedBytes, status.FetchedBytes, status.Messages, status.Misdeeds ?? []);
}

/// <summary><c>daemon stop --json</c>.</summary>
sealed record StoppedJson(bool Stopped);

/// <summary><c>daemon start --json</c>: where other machines reach it.</summary>
sealed record StartedJson(int Pid, int Port, IReadOnlyList<string> Addresses);
