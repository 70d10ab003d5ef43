using System.Text.Json.Serialization;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;

namespace Hfmc.Output;

/// <summary>
/// A peer in <c>model search --json</c>: the files it has of those that were asked for, and their bytes; what it has of all their
/// bytes, also of files that it is still getting; and how many that would be.
/// </summary>
sealed record FoundJson(string Host, int Port, string Commit, int Files, long Bytes, bool Complete, long HeldBytes, long TotalBytes)
{
    /// <summary>The peer knows only some of the files: what all of them have together nobody says.</summary>
    [JsonIgnore]
    public bool IsPartial { get; init; }

    /// <summary>Full percent, and 100 only for all.</summary>
    [JsonIgnore]
    public int Percent => Complete ? 100 : (int)Math.Min(99, 100.0 * HeldBytes / Math.Max(1, TotalBytes));

    /// <summary>Null when the peer has none of it.</summary>
    public static FoundJson? Of(PeerAddress peer, PeerListing? answer, FilePath? only)
    {
        if (answer is not { } known)
            return null;
        var asked = known.Snapshot.Files.Where(file => only is null || file.Path == only).ToList();
        var held = asked.Where(file => known.Held.Contains(file.Path)).ToList();
        var parts = asked.Where(file => known.Parts.ContainsKey(file.Path)).DistinctBy(file => file.ETag).Sum(file => known.Parts[file.Path]);
        var bytes = Bytes(held);
        var isPartial = known.Snapshot.IsPartial && only is null;
        return held.Count > 0 || parts > 0
            ? new(peer.Host, peer.Port, known.Snapshot.Commit.Text, held.Count, bytes, held.Count == asked.Count && !isPartial, bytes + parts, Bytes(asked)) { IsPartial = isPartial }
            : null;

        static long Bytes(IEnumerable<RepoFile> files) => files.DistinctBy(file => file.ETag).Sum(file => file.Size);
    }
}
