using System.CommandLine;
using Hfmc.Output;

namespace Hfmc.Commands;

static class EnvCommand
{
    public static Command Create()
    {
        var command = new Command("env", "Print shell lines that make other tools use this cache");
        var shell = new Option<string>("--shell") { Description = "For which shell", HelpName = "bash|zsh|fish|pwsh", DefaultValueFactory = _ => "bash" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        command.Options.Add(shell);
        return command
            .WithExamples("eval \"$(hfmc env)\"", "hfmc env --shell fish | source")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var (hub, endpoint) = (session.Settings.HubFolder, $"http://localhost:{session.Settings.Port}");
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(hub, endpoint), CliJson.Plain.EnvJson);
                else
                    Print(session.Terminal, ShellWords.Of(parsed.GetValue(shell)), hub, endpoint, await IsDaemonUpAsync(session, cancellationToken));
                return ExitCode.Ok;
            });
    }

    static async Task<bool> IsDaemonUpAsync(Session session, CancellationToken cancellationToken)
    {
        using var daemon = session.Daemon();
        return await daemon.StatusAsync(cancellationToken) is not null;
    }

    // Without a daemon behind it, HF_ENDPOINT would keep tools from what they find in the cache.
    static void Print(Terminal terminal, ShellWords words, string hub, string endpoint, bool isDaemonUp)
    {
        terminal.Data(words.Export("HF_HUB_CACHE", hub));
        if (!isDaemonUp)
            terminal.Data("# No daemon runs here. After 'hfmc daemon start', tools get what is missing through it:");
        terminal.Data($"{(isDaemonUp ? "" : "# ")}{words.Export("HF_ENDPOINT", endpoint)}");
    }
}
