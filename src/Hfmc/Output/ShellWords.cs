namespace Hfmc.Output;

/// <summary>How a shell sets a variable for the programs that it starts.</summary>
abstract class ShellWords
{
    public static ShellWords Of(string? shell) => shell switch
    {
        "fish" => new Fish(),
        "pwsh" => new PowerShell(),
        _ => new Posix(),
    };

    /// <summary>A line to be evaluated; the value means itself, whatever it holds.</summary>
    public abstract string Export(string name, string value);

    sealed class Posix : ShellWords
    {
        public override string Export(string name, string value) => $"export {name}='{value.Replace("'", "'\\''")}'";
    }

    sealed class Fish : ShellWords
    {
        public override string Export(string name, string value) => $"set -gx {name} '{value.Replace("\\", "\\\\").Replace("'", "\\'")}'";
    }

    sealed class PowerShell : ShellWords
    {
        // The curly quotes end a string there as the straight one does.
        public override string Export(string name, string value) =>
            $"$env:{name} = '{string.Concat(value.Select(c => c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? $"{c}{c}" : $"{c}"))}'";
    }
}
