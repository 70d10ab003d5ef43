using System.Threading.Channels;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Transfers;

/// <summary>What a peer has told about one blob. The first news of a peer brings its <see cref="Source"/>; the last says that it is gone.</summary>
public sealed record CrowdNews(ulong Node)
{
    public ISource? Source { get; init; }

    public IReadOnlyList<int> Held { get; init; } = [];

    /// <summary>Pieces that it had and no longer has: they were wrong.</summary>
    public IReadOnlyList<int> Lost { get; init; } = [];

    public IReadOnlyList<int> Fetching { get; init; } = [];

    /// <summary>Not being fetched any more, for whatever reason.</summary>
    public IReadOnlyList<int> Dropped { get; init; } = [];

    public bool IsComplete { get; init; }

    /// <summary>Null: as before.</summary>
    public bool? IsOwner { get; init; }

    public bool IsGone { get; init; }
}

/// <summary>The peers that want or have a blob, for the transfer of it.</summary>
public interface IBlobCrowd
{
    /// <summary>The first 64 bits of this node's id.</summary>
    ulong Self { get; }

    /// <summary>All that is known by now, then what becomes known.</summary>
    ChannelReader<CrowdNews> News { get; }

    /// <summary>The peer's list of the blob's chunks; null when it has none or does not answer.</summary>
    Task<ChunkList?> ChunksOfAsync(ulong node, CancellationToken cancellationToken);

    /// <summary>
    /// Tells the peer that these bytes, which came from it, are wrong; true when it found so itself and dropped them, false when it says that
    /// its own are right, null when it says nothing.
    /// </summary>
    Task<bool?> ComplainAsync(ulong node, ByteRange range, CancellationToken cancellationToken);
}
