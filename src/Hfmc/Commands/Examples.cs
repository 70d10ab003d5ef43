using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Hfmc.Commands;

/// <summary>Adds examples to the help of a command, after what System.CommandLine prints.</summary>
static class Examples
{
    static readonly ConditionalWeakTable<Command, string[]> s_lines = [];

    public static Command WithExamples(this Command command, params string[] lines)
    {
        s_lines.AddOrUpdate(command, lines);
        return command;
    }

    /// <summary>One option for all commands; the one that a root command comes with also answers to /? and /h.</summary>
    public static void ShowIn(RootCommand root)
    {
        foreach (var preset in root.Options.OfType<HelpOption>().ToArray())
            root.Options.Remove(preset);
        var help = new HelpOption("--help", "-h");
        if (help.Action is HelpAction action)
            help.Action = new HelpWithExamples(action);
        root.Options.Add(help);
    }

    sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        // Who asks for help need not know the required words yet.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            if (!s_lines.TryGetValue(parseResult.CommandResult.Command, out var lines))
                return result;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines)
                output.WriteLine($"  {line}");
            output.WriteLine();
            return result;
        }
    }
}
