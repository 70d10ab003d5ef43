using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>What an add has to do.</summary>
/// <param name="Wanted">The files that were asked for, sorted by path.</param>
/// <param name="Missing">The blobs that are not here, each once, smallest first; each with the first file that it is.</param>
public sealed record AddPlan(IReadOnlyList<RepoFile> Wanted, IReadOnlyList<RepoFile> Missing)
{
    /// <summary>Names of files that were asked for and cannot be kept on this system.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Bytes of all wanted files, equal ones counted once.</summary>
    public long Bytes => Wanted.DistinctBy(file => file.ETag).Sum(file => file.Size);

    public long BytesMissing => Missing.Sum(file => file.Size);
}
