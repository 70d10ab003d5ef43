using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// A moment of an add, for showing it: sent by a daemon to the command, or taken by a command from its own engine. Bytes.
/// </summary>
public sealed record AddView
{
    /// <summary>False until the files are known: then the totals mean something.</summary>
    public bool Planned { get; init; }

    /// <summary>All wanted files and their bytes, equal ones counted once.</summary>
    public int Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>What of <see cref="Bytes"/> is here.</summary>
    public long Held { get; init; }

    public int Peers { get; init; }

    /// <summary>Those of them that bytes came from.</summary>
    public int Givers { get; init; }

    public int Retries { get; init; }

    /// <summary>Bytes by where they came from; they sum to <see cref="Held"/>.</summary>
    public AddBytes Sources { get; init; } = new(0, 0, 0, 0);

    /// <summary>The files under way.</summary>
    public IReadOnlyList<FileView> Running { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why nothing happens for now; null while something does.</summary>
    public string? Waits { get; init; }
}

/// <summary>A file under way; <c>Source</c> names who is being read, null between sources.</summary>
public sealed record FileView(string Path, long Size, long Held, string? Source);

/// <summary>Bytes by where they came from.</summary>
public sealed record AddBytes(long Disk, long Peer, long Mirror, long Hub)
{
    public static AddBytes Of(Func<SourceKind, long> from) => new(from(SourceKind.Disk), from(SourceKind.Peer), from(SourceKind.Mirror), from(SourceKind.Hub));
}

/// <summary>What an add left behind, as commands show it.</summary>
public sealed record AddOutcome
{
    public required string Repo { get; init; }

    public required string RepoType { get; init; }

    public required string Revision { get; init; }

    public required string Commit { get; init; }

    /// <summary>The snapshot folder, or the file when one was named.</summary>
    public required string Path { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }

    public required AddBytes Sources { get; init; }

    /// <summary>Peers that bytes came from.</summary>
    public required int Givers { get; init; }

    /// <summary><c>upstream</c>, <c>peers</c> or <c>cache</c>.</summary>
    public required string Metadata { get; init; }

    /// <summary>Names of files that were asked for and cannot be kept here, as the repo has them.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>How old the ref is that the cache gave, in seconds; null where somebody else named the commit.</summary>
    public double? RefAgeS { get; init; }

    public required int Retries { get; init; }

    public required double Seconds { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>For a dry run: each wanted file, and whether its bytes are here.</summary>
    public IReadOnlyList<PlannedFile> Plan { get; init; } = [];

    public static AddOutcome Of(AddResult result, AddProgress progress, bool withPlan)
    {
        var missing = result.Plan.Missing.Select(file => file.ETag).ToHashSet();
        return new()
        {
            Repo = result.Repo.Id,
            RepoType = result.Repo.Type.Singular(),
            Revision = result.Revision.Text,
            Commit = result.Commit.Text,
            Path = result.Path,
            Files = result.Plan.Wanted.Count,
            Bytes = result.Plan.Bytes,
            Sources = AddBytes.Of(progress.From),
            Givers = progress.Givers,
            Metadata = result.Origin.ToString().ToLowerInvariant(),
            Skipped = result.Plan.Skipped,
            RefAgeS = result.Age is { } age ? Math.Round(age.TotalSeconds) : null,
            Retries = progress.Retries,
            Seconds = Math.Round(result.Duration.TotalSeconds, 3),
            Warnings = [.. progress.Warnings],
            Plan = withPlan ? [.. result.Plan.Wanted.Select(file => new PlannedFile(file.Path.Text, file.Size, !missing.Contains(file.ETag)))] : [],
        };
    }
}

/// <summary>A file of a plan; size in bytes.</summary>
public sealed record PlannedFile(string Path, long Size, bool Held);
