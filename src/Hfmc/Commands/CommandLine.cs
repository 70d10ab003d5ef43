using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hfmc.Commands;

/// <summary>The tree of commands, and the running of one.</summary>
static class CommandLine
{
    // Ctrl-C ends within a second: a command that does not listen is left behind.
    static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(1);

    // A word that starts with @ is a word, not a file of further words.
    static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    public static Task<int> RunAsync(string[] args)
    {
        // A program without a word of what to do explains itself.
        var parsed = Root().Parse(args.Length is 0 ? ["--help"] : args, s_parsing);
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
            PeerCommand.Create(),
            ClusterCommand.Create(),
            AuthCommand.Create(),
            ConfCommand.Create(),
            EnvCommand.Create(),
            ServiceCommand.Create(),
            UninstallCommand.Create(),
            CompletionCommand.Create(),
            HelpCommand.Create(),
        };
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        Examples.ShowIn(root);
        root.WithExamples("hfmc model add -r prajjwal1/bert-medium", "hfmc daemon start", "hfmc peer add 192.168.1.7");
        return root;
    }

    static int Refuse(ParseResult parsed) =>
        Outcome.Fail(new(GlobalOptions.Read(parsed)), ExitCode.Usage, "input", $"{Reason(parsed)} See '{Path(parsed.CommandResult)} --help'.");

    // In a group of commands there is one thing to say: which commands there are.
    static string Reason(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count is 0 || command.Action is not null)
            return string.Join(' ', parsed.Errors.Select(error => $"{string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.')}."));
        var known = string.Join(", ", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));
        return parsed.UnmatchedTokens is [var word, ..]
            ? $"'{word}' is not {NounOf(command)} of '{Path(parsed.CommandResult)}': want {known}."
            : $"'{Path(parsed.CommandResult)}' needs {NounOf(command)}: {known}.";
    }

    static string NounOf(Command command) => command.Name is ConfCommand.Name ? "a setting" : "a command";

    static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "hfmc";
}
