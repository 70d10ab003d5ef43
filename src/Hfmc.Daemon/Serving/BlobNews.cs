using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Daemon.Serving;

/// <summary>What one listener has been told of some blobs, and so what is new to it. Only of blobs on the shelf.</summary>
sealed class BlobNews(TransferBoard board, Shelf shelf, IEnumerable<ETag> blobs)
{
    readonly Dictionary<ETag, Told> _open = blobs.ToDictionary(blob => blob, _ => new Told());
    string? _shelf;

    /// <summary>Pieces have come that were left for later.</summary>
    public bool HasMore { get; private set; }

    /// <summary>What is new; null when nothing is. Pieces alone are no news unless <paramref name="withPieces"/>.</summary>
    public PeerBlobNews[]? Take(bool withPieces)
    {
        if (_open.Count is 0)
            return null;
        var generation = shelf.Generation;
        var isNewShelf = generation != _shelf;
        _shelf = generation;
        HasMore = false;
        var news = new List<PeerBlobNews>();
        foreach (var (blob, told) in _open)
        {
            var live = board.Find(blob);
            if (live is not null && live.Version != told.Version && shelf.IsKnown(blob))
            {
                if (Of(live, told, withPieces) is { } said)
                    news.Add(said);
            }
            else if (live is null && (isNewShelf || !told.IsLookedUp || (board.HasEnded(blob) && told.Version != Told.Ended)))
            {
                told.IsLookedUp = true;
                if (shelf.Locate(blob) is var (_, size))
                    news.Add(new(blob.Text, size) { Complete = true });
                else if (told.Version is not Told.Nothing and not Told.Ended)
                    news.Add(Withdrawn(blob, told));
                if (board.HasEnded(blob))
                    told.Version = Told.Ended;
            }
        }
        foreach (var complete in news.Where(said => said.Complete is true))
            _open.Remove(ETag.TryParse(complete.Etag, out var etag) ? etag : default);
        return news.Count > 0 ? [.. news] : null;
    }

    PeerBlobNews? Of(LiveBlob live, Told told, bool withPieces)
    {
        var version = live.Version;
        var state = live.State;
        var isFirst = told.Version is Told.Nothing or Told.Ended;
        var (fetching, dropped) = (state.Fetching.Except(told.Fetching).ToArray(), told.Fetching.Except(state.Fetching).ToArray());
        var pieces = isFirst ? [] : state.Held.Except(told.Held).ToArray();
        var lost = isFirst ? [] : told.Held.Except(state.Held).ToArray();
        // A piece that is here is dropped without a word: that it is here says so.
        var isUrgent = isFirst || fetching.Length > 0 || lost.Length > 0 || state.IsOwner != told.IsOwner || dropped.Any(piece => !state.Held.Contains(piece));
        if (!isUrgent && !withPieces)
        {
            HasMore |= pieces.Length > 0 || dropped.Length > 0;
            return null;
        }
        (told.Version, told.Held, told.Fetching) = (version, state.Held, state.Fetching);
        var owner = isFirst || state.IsOwner != told.IsOwner ? state.IsOwner : null;
        told.IsOwner = state.IsOwner;
        return new(live.Blob.ETag.Text, live.Blob.Size)
        {
            Have = isFirst ? state.Held.ToText() : null,
            Owner = owner,
            Pieces = pieces.Length > 0 ? pieces : null,
            Lost = lost.Length > 0 ? lost : null,
            Fetching = fetching.Length > 0 ? fetching : null,
            Dropped = dropped.Length > 0 ? dropped : null,
        };
    }

    static PeerBlobNews Withdrawn(ETag blob, Told told) =>
        new(blob.Text, told.Held.Of) { Owner = false, Dropped = [.. told.Fetching] };

    sealed class Told
    {
        public const long Nothing = -1, Ended = -2;

        public long Version { get; set; } = Nothing;

        public PieceSet Held { get; set; } = new(0);

        public IReadOnlySet<int> Fetching { get; set; } = new HashSet<int>();

        public bool? IsOwner { get; set; }

        public bool IsLookedUp { get; set; }
    }
}
