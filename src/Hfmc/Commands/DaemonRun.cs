using System.CommandLine;
using System.Text.Json;
using Hfmc.Core;
using Hfmc.Core.Control;
using Hfmc.Core.Platform;
using Hfmc.Daemon;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>The daemon itself: in the foreground for people and systemd, or as the child of <c>daemon start</c>.</summary>
static class DaemonRun
{
    /// <summary>Tells the child of <c>daemon start</c> to report on stdout, once, and then to leave its starter.</summary>
    public const string ChildOption = "--as-child";

    public static Command Create()
    {
        var asChild = new Option<bool>(ChildOption) { Hidden = true };
        return new Command("run", "Run the daemon in the foreground, until Ctrl-C") { asChild }
            .WithExamples("hfmc daemon run")
            .Runs((session, parsed, cancellationToken) => parsed.GetValue(asChild) ? RunAsChildAsync(session, cancellationToken) : RunAsync(session, cancellationToken));
    }

    static async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        await Host(session, inForeground: true).RunAsync(
            () => session.Terminal.Say($"hfmc daemon is ready on port {session.Settings.Port}"), cancellationToken);
        return ExitCode.Ok;
    }

    // The one line on stdout is what the starter waits for: nothing (ready) or why not.
    static async Task<int> RunAsChildAsync(Session session, CancellationToken cancellationToken)
    {
        var reported = false;
        try
        {
            await Host(session, inForeground: false).RunAsync(() => Report(null), cancellationToken);
            return ExitCode.Ok;
        }
        catch (HfmcException error) when (!reported)
        {
            Report(new(error.Kind, error.Message) { AlreadyRunning = error is AlreadyRunningException });
            return ExitCode.Of(error.Kind);
        }

        void Report(ControlError? error)
        {
            reported = true;
            Console.Out.WriteLine(JsonSerializer.Serialize(new StartReport(error), ControlJson.Default.StartReport));
            Console.Out.Flush();
            Detachment.LeaveStarter();
        }
    }

    static DaemonHost Host(Session session, bool inForeground)
    {
        // Before anything is made there.
        HomeOwner.MustNotBeAnothers(session.Settings.Home.Home);
        return new(session.Settings, session.Cache(), ProgramVersion.Text, session.Time, inForeground);
    }
}
