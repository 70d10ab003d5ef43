using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>Turns a peer's listing into a snapshot, or refuses it: names and ids obey the same rules as those of an upstream.</summary>
static class PeerSnapshotCheck
{
    public static PeerListing Read(PeerAddress peer, RepoId repo, PeerSnapshot said)
    {
        if (said.Repo != repo.ApiPath || !CommitId.TryParse(said.Commit, out var commit))
            throw new SourceException(SourceFault.Lied, $"peer {peer} answers about another repo than {repo}");

        var listing = new SnapshotBuilder($"peer {peer}", repo);
        var (held, parts) = (new HashSet<FilePath>(), new Dictionary<FilePath, long>());
        foreach (var file in Entries(peer, said.Files))
        {
            if (!listing.Add(file.Path, file.Etag, file.Size, file.XetId))
                continue;
            if (file.Held)
                held.Add(FilePath.Parse(file.Path));
            else if (file.Part is { } part)
                parts[FilePath.Parse(file.Path)] = part > 0 && part <= file.Size
                    ? part
                    : throw new SourceException(SourceFault.Lied, $"peer {peer} claims {part} bytes of a file that has {file.Size}");
        }
        return new(listing.ToSnapshot(commit) with { IsPartial = said.Partial is true }, held, parts);
    }

    /// <summary>The list itself: JSON may leave out what the type promises, or put nulls into it.</summary>
    public static IReadOnlyList<T> Entries<T>(PeerAddress peer, IReadOnlyList<T?>? said)
        where T : class =>
        said?.OfType<T>().ToArray() is { } entries && entries.Length == said.Count
            ? entries
            : throw new SourceException(SourceFault.Lied, $"peer {peer} sent an answer that is not the JSON expected");
}
