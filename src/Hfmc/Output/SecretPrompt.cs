using System.Text;

namespace Hfmc.Output;

/// <summary>Asks for a line that nobody may read over the shoulder. (Spectre's prompt converts by reflection, which trimming breaks.)</summary>
static class SecretPrompt
{
    const int Longest = 4096;

    /// <summary>Only where a person can be asked; nothing typed is echoed, not even its length.</summary>
    public static string Ask(string question)
    {
        Console.Error.Write($"{question} ");
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key is not ConsoleKey.Enter && typed.Length < Longest; key = Console.ReadKey(intercept: true))
            if (key.Key is ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.Key is ConsoleKey.U && key.Modifiers is ConsoleModifiers.Control)
                typed.Clear();
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
