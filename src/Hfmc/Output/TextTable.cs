namespace Hfmc.Output;

/// <summary>Columns as wide as their longest cell, the same on a terminal and in a pipe, so that what a person sees is what a script gets.</summary>
sealed class TextTable(params string[] head)
{
    const string Gap = "   ";

    readonly List<string[]> _rows = [head];

    /// <summary>Numbers and sizes: their columns end flush.</summary>
    public IReadOnlySet<int> RightAligned { get; init; } = new HashSet<int>();

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable)]);

    public void WriteTo(Terminal terminal)
    {
        var widths = Enumerable.Range(0, head.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
            terminal.Data(string.Join(Gap, row.Select((cell, column) => RightAligned.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }

    // Names come from strangers: a control character would move the cursor.
    static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
