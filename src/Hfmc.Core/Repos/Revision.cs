namespace Hfmc.Core.Repos;

/// <summary>
/// What a user calls a state of a repo: branch, tag, <c>refs/pr/N</c>, full or short commit. It becomes a file name under
/// <c>refs/</c>, so it obeys the rules of <see cref="FilePath"/>, without the
/// colon, which git forbids; 200 characters at most.
/// </summary>
public readonly record struct Revision
{
    const int Longest = 200;

    Revision(string text) => Text = text;

    public static Revision Main { get; } = new("main");

    public string Text { get; }

    /// <summary>True when the text is a full commit, which never moves and needs no ref.</summary>
    public bool IsCommit => CommitId.TryParse(Text, out _);

    /// <summary>The name that a cache has for it: the Hub calls its default branch HEAD too, and that branch is always main.</summary>
    public Revision OrDefault => Text is "HEAD" ? Main : this;

    /// <summary>True when the text can be the beginning of a commit: 7 to 39 hexadecimal digits. A branch may have such a name too.</summary>
    public bool MayBeShortCommit => Text.Length is >= 7 and < 40 && Hex.IsLower(Text);

    public static Revision Parse(string text) =>
        TryParse(text, out var revision)
            ? revision
            : throw new InputException($"'{text.ReplaceLineEndings(" ")}' is not a revision: want a branch, a tag, refs/pr/N or a commit");

    public static bool TryParse(string? text, out Revision revision)
    {
        revision = default;
        if (text is null || text.Length > Longest || text.Contains(':') || !FilePath.TryParse(text, out _))
            return false;
        revision = new(text);
        return true;
    }

    public override string ToString() => Text;
}
