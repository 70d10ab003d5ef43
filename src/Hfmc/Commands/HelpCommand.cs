using System.CommandLine;

namespace Hfmc.Commands;

/// <summary><c>hfmc help model add</c>, as git has it, is <c>hfmc model add --help</c>.</summary>
static class HelpCommand
{
    public static Command Create()
    {
        var command = new Command("help", "Show the help of a command");
        var words = new Argument<string[]>("COMMAND") { Description = "Such as 'model add'", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(words);
        command.WithExamples("hfmc help", "hfmc help model add");
        command.SetAction((parsed, _) => CommandLine.RunAsync([.. parsed.GetValue(words) ?? [], "--help"]));
        return command;
    }
}
