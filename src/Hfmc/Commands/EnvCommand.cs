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
            .Runs((session, parsed, _) =>
            {
                var (hub, endpoint) = (session.Settings.HubFolder, $"http://localhost:{session.Settings.Port}");
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(hub, endpoint), CliJson.Plain.EnvJson);
                else
                    Print(session.Terminal, ShellWords.Of(parsed.GetValue(shell)), hub, endpoint);
                return Task.FromResult(ExitCode.Ok);
            });
    }

    static void Print(Terminal terminal, ShellWords words, string hub, string endpoint)
    {
        terminal.Data(words.Export("HF_HUB_CACHE", hub));
        terminal.Data("# The daemon serves there what this cache holds:");
        terminal.Data($"# {words.Export("HF_ENDPOINT", endpoint)}");
    }
}
