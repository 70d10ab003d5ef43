using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// A ref of a repo; the commit is null when the file holds anything but 40 hexadecimal digits, as when a newline follows.
/// </summary>
public sealed record CachedRef(Revision Revision, CommitId? Commit);
