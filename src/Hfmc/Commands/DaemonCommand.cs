using System.CommandLine;

namespace Hfmc.Commands;

static class DaemonCommand
{
    public static Command Create() => new("daemon", "Share this machine's models with the LAN, and take from it")
    {
        new Command("start", "Start the daemon and return when it is ready").WithExamples("hfmc daemon start").Runs(DaemonControl.StartAsync),
        new Command("stop", "Stop the daemon; downloads go on where they stopped when it runs again").WithExamples("hfmc daemon stop").Runs(DaemonControl.StopAsync),
        new Command("restart", "Stop and start the daemon, for example after an update").WithExamples("hfmc daemon restart").Runs(DaemonControl.RestartAsync),
        new Command("status", "Show whether it runs, and what it does").WithExamples("hfmc daemon status", "hfmc daemon status --json").Runs(DaemonStatusReport.RunAsync),
        DaemonLogs.Create(),
        DaemonRun.Create(),
    };
}
