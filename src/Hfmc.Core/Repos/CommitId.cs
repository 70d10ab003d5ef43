namespace Hfmc.Core.Repos;

/// <summary>A commit: 40 lower-case hexadecimal digits.</summary>
public readonly record struct CommitId
{
    const int Length = 40;

    CommitId(string text) => Text = text;

    public string Text { get; }

    /// <summary>The first eight digits, for tables.</summary>
    public string Short => Text[..8];

    public static bool TryParse(string? text, out CommitId commit)
    {
        commit = default;
        if (text is not { Length: Length } || !Hex.IsLower(text))
            return false;
        commit = new(text);
        return true;
    }

    public override string ToString() => Text;
}
