using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hfmc.Commands;

/// <summary>The tree of commands, and the running of one.</summary>
static class CommandLine
{
    // Ctrl-C ends within a second: a command that does not listen is left behind.
    static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(1);

    public static Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
            return Task.FromResult(Refuse(parsed));
        return parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout });
    }

    public static RootCommand Root()
    {
        var root = new RootCommand("Brings Hugging Face models to the machines of a LAN once, and to each of them fast.")
        {
            ModelCommand.Create(),
            DaemonCommand.Create(),
        };
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        return root;
    }

    static int Refuse(ParseResult parsed)
    {
        var command = string.Join(' ', Path(parsed.CommandResult));
        return Outcome.Fail(new(GlobalOptions.Read(parsed)), ExitCode.Usage, "Input",
            $"{string.Join(' ', parsed.Errors.Select(error => error.Message.TrimEnd('.') + '.'))} See '{command} --help'.");
    }

    static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Path(parent), result.Command.Name] : ["hfmc"];
}
