using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>What lies in the cache without use.</summary>
/// <param name="Orphans">Blobs that no snapshot links to, which huggingface_hub neither shows nor prunes.</param>
/// <param name="Removed">Folders of removals that were stopped half-way.</param>
/// <param name="Lists">Chunk lists of blobs that are gone.</param>
/// <param name="Leftovers">Unfinished downloads of other programs, a day old or more: shown, and deleted only by hand.</param>
/// <param name="Bytes">Of orphans, removed folders and lists.</param>
public sealed record PrunePlan(
    IReadOnlyList<OrphanBlob> Orphans, IReadOnlyList<string> Removed, IReadOnlyList<StrayList> Lists, IReadOnlyList<Leftover> Leftovers, long Bytes);

/// <summary>A blob without a link. Size in bytes.</summary>
public sealed record OrphanBlob(RepoId Repo, ETag ETag, string Path, long Size);

/// <summary>The chunk list of a blob that is not here. Size in bytes.</summary>
public sealed record StrayList(ETag ETag, string Path, long Size);

/// <summary>An unfinished download of another program. Size in bytes.</summary>
public sealed record Leftover(RepoId Repo, string Path, long Size, DateTimeOffset LastWrite);
