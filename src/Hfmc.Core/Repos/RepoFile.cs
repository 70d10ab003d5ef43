namespace Hfmc.Core.Repos;

/// <summary>The bytes of a file, named by their digest. Size in bytes.</summary>
public readonly record struct Blob(ETag ETag, long Size);

/// <summary>A file of a snapshot. <c>XetId</c> is the Hub's 64-hex Xet file id, or null when there is none.</summary>
public sealed record RepoFile(FilePath Path, Blob Blob, string? XetId = null)
{
    public ETag ETag => Blob.ETag;

    public long Size => Blob.Size;
}

/// <summary>A repo at a commit, with its files, sorted by path.</summary>
public sealed record Snapshot(RepoId Repo, CommitId Commit, IReadOnlyList<RepoFile> Files)
{
    /// <summary>Bounds what a stranger's listing may claim; the largest public repos hold some hundred thousand files.</summary>
    public const int MostFiles = 1_000_000;

    public long Size => Files.Sum(file => file.Size);

    /// <summary>Names of further files that cannot be kept on this system, as they were listed: nothing here has these files.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Only some of the files were asked for: what is not in <see cref="Files"/> may be in the repo all the same.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Whether it says all that these names ask for: a part says it of its own files alone, and never of all (no names).</summary>
    public bool Answers(IReadOnlyCollection<FilePath> named) => !IsPartial || (named.Count > 0 && !named.Except(Files.Select(file => file.Path)).Any());
}
