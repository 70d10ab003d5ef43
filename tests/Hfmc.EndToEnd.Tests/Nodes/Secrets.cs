using System.Text;
using System.Text.RegularExpressions;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>The tokens that a test has used, and where they turned up though they should not: in a file, in what a command said, in its arguments.</summary>
sealed partial class Secrets
{
    readonly HashSet<string> _tokens = [];

    /// <summary>Whatever in this text looks like a token is one.</summary>
    public void Learn(string? text)
    {
        foreach (Match token in Token().Matches(text ?? ""))
            _tokens.Add(token.Value);
    }

    public bool AreNone => _tokens.Count is 0;

    /// <summary>Names a place for each token in the text.</summary>
    public IEnumerable<string> In(string text, string place) => _tokens.Where(token => text.Contains(token, StringComparison.Ordinal)).Select(token => $"{token[..6]}… in {place}");

    /// <summary>The files below a folder that hold a token, but for those whose place it is.</summary>
    public IEnumerable<string> Below(string folder, Func<string, bool> mayHold)
    {
        if (AreNone)
            yield break;
        var needles = _tokens.Select(Encoding.ASCII.GetBytes).ToList();
        foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            // Sockets, and files that are there to be locked, hold nothing; and the second cannot be opened while a killed daemon is on its way out.
            if (!file.EndsWith(".lock", StringComparison.Ordinal) && !file.EndsWith(".sock", StringComparison.Ordinal) && !mayHold(file) && Holds(file, needles))
                yield return file;
    }

    static bool Holds(string file, List<byte[]> needles)
    {
        const int Step = 1 << 20, Overlap = 256;
        var buffer = new byte[Step + Overlap];
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            for (long at = 0; RandomAccess.Read(handle, buffer, at) is var read and > 0; at += Step)
                if (needles.Exists(needle => buffer.AsSpan(0, read).IndexOf(needle) >= 0))
                    return true;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was somebody's temporary one.
        }
        return false;
    }

    [GeneratedRegex("hf_[A-Za-z0-9]{6,}")]
    private static partial Regex Token();
}
