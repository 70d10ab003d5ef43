using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Hfmc.Commands;

/// <summary>Adds examples to the help of a command, after what System.CommandLine prints.</summary>
static class Examples
{
    public static Command WithExamples(this Command command, params string[] lines)
    {
        var help = new HelpOption();
        if (help.Action is HelpAction action)
            help.Action = new HelpWithExamples(action, lines);
        command.Options.Add(help);
        return command;
    }

    sealed class HelpWithExamples(HelpAction help, string[] lines) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines)
                output.WriteLine($"  {line}");
            output.WriteLine();
            return result;
        }
    }
}
