using System.Collections;

namespace Hfmc.Output;

/// <summary>A plain table on stdout: a line of titles, columns two spaces apart, nothing that grep, awk or cut would trip over.</summary>
sealed class Columns(params string[] titles) : IEnumerable
{
    readonly List<string[]> _rows = [titles];

    public int Count => _rows.Count - 1;

    /// <summary>A row; what would break the table in a cell is shown as a question mark.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Clean)]);

    public void Print(Terminal terminal)
    {
        foreach (var line in Lines())
            terminal.Data(line);
    }

    /// <summary>The table among the talk, for what a person is asked about.</summary>
    public void Say(Terminal terminal)
    {
        foreach (var line in Lines())
            terminal.Say(line);
    }

    public IEnumerator GetEnumerator() => _rows.GetEnumerator();

    IEnumerable<string> Lines()
    {
        var widths = titles.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        return _rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    static string Clean(string cell) => cell.Length is 0 ? "-" : string.Concat(cell.Select(c => char.IsControl(c) ? '?' : c));
}
