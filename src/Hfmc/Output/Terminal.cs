using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hfmc.Core.Platform;
using Spectre.Console;

namespace Hfmc.Output;

/// <summary>How a command was asked to speak.</summary>
readonly record struct OutputMode(bool Json, bool Quiet, bool Verbose, bool NoColor);

/// <summary>stdout is data, stderr is talk: the one place that writes to either.</summary>
sealed class Terminal(OutputMode mode)
{
    readonly TextWriter _data = Console.Out;

    public OutputMode Mode { get; } = mode;

    /// <summary>For prompts and progress; on stderr, so that stdout stays data.</summary>
    public IAnsiConsole Talk { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
        ColorSystem = mode.NoColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        Interactive = Console.IsInputRedirected ? InteractionSupport.No : InteractionSupport.Detect,
    });

    /// <summary>True when a person watches stderr: then progress is drawn, else written line by line.</summary>
    public bool IsWatched => !Console.IsErrorRedirected && !Mode.Quiet && !Mode.Json;

    /// <summary>True when a person can be asked.</summary>
    public bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected && !Mode.Json;

    /// <summary>A line of data on stdout.</summary>
    public void Data(string line) => DiskFailure.Guard("write the output", () => _data.WriteLine(line), DiskPlace.Output);

    /// <summary>The one line of <c>--json</c>.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type) => Data(JsonSerializer.Serialize(value, type));

    /// <summary>A sentence for the person, unless they asked for quiet.</summary>
    public void Say(string sentence)
    {
        if (!Mode.Quiet)
            Console.Error.WriteLine(sentence);
    }

    /// <summary>Asks a question whose answer is yes or no; only where <see cref="CanAsk"/>.</summary>
    public bool Ask(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }

    /// <summary>Shown also when quiet: something is not as it should be.</summary>
    public void Warn(string sentence) => Console.Error.WriteLine($"hfmc: warning: {sentence}");

    /// <summary>The sentence that a failed command ends with.</summary>
    public void Error(string sentence) => Console.Error.WriteLine($"hfmc: {sentence}");

    public void Detail(string sentence)
    {
        if (Mode.Verbose)
            Console.Error.WriteLine($"hfmc: {sentence}");
    }
}
