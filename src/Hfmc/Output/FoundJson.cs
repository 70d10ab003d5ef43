using Hfmc.Core.Peers;
using Hfmc.Core.Repos;

namespace Hfmc.Output;

/// <summary>A peer in <c>model search --json</c>: the files it has of those that were asked for, and their bytes.</summary>
sealed record FoundJson(string Host, int Port, string Commit, int Files, long Bytes, bool Complete)
{
    /// <summary>Null when the peer has none of it.</summary>
    public static FoundJson? Of(PeerAddress peer, (Snapshot Snapshot, IReadOnlySet<FilePath> Held)? answer, FilePath? only)
    {
        if (answer is not { } known)
            return null;
        var asked = known.Snapshot.Files.Where(file => only is null || file.Path == only).ToList();
        var held = asked.Where(file => known.Held.Contains(file.Path)).ToList();
        return held.Count > 0
            ? new(peer.Host, peer.Port, known.Snapshot.Commit.Text, held.Count, held.DistinctBy(file => file.ETag).Sum(file => file.Size), held.Count == asked.Count)
            : null;
    }
}
