using Hfmc.Core.Repos;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>A file that somebody may read, and whose right to do so was checked.</summary>
/// <param name="Listing">The repo as he may see it, with the upstreams and his own token.</param>
/// <param name="Revision">What he called it: the cache remembers where that points.</param>
/// <param name="File">One of its files.</param>
public sealed record WantedFile(RepoListing Listing, Revision Revision, RepoFile File);
