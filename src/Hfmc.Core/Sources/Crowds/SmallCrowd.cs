using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>Where a small blob is taken from: the peers to ask before the upstreams, and those to ask when these fail. Nobody before: it is this node's own.</summary>
public sealed record SmallTurn(IReadOnlyList<PeerAddress> Before, IReadOnlyList<PeerAddress> After)
{
    public static SmallTurn Own { get; } = new([], []);

    public bool IsOwn => Before.Count is 0;
}

/// <summary>
/// Who of a crowd gets which small blob from the upstreams. What somebody has begun is taken from there; of what nobody has, the one with
/// the highest weight among all that want it is the owner. Who waits, waits for somebody who has begun, or whose weight is higher than
/// its own: so nobody waits in a circle, whatever each of them knows. Safe for several threads.
/// </summary>
public sealed class SmallCrowd
{
    // The owner, and who would be it without that one; then it is this node's turn.
    const int MostBefore = 2;

    readonly Lock _lock = new();
    readonly CrowdBook _book;
    readonly SmallWants _wants;
    readonly Bundles _bundles;
    readonly ulong _self;
    readonly bool _sharesWork;
    readonly Dictionary<ETag, int> _places;
    readonly HashSet<ETag> _blobs;
    readonly Dictionary<ulong, Member> _members = [];
    long _seen = -1;

    /// <param name="self">This node.</param>
    /// <param name="blobs">What it wants.</param>
    /// <param name="wants">Where it tells others what it has begun.</param>
    /// <param name="sharesWork">It can reach an upstream.</param>
    /// <param name="book">Who else wants what.</param>
    /// <param name="bundles">How peers are asked.</param>
    public SmallCrowd(NodeId self, IReadOnlyList<ETag> blobs, SmallWants wants, bool sharesWork, CrowdBook book, Bundles bundles)
    {
        (_self, _wants, _sharesWork, _book, _bundles, Blobs) = (Rendezvous.Key(self), wants, sharesWork, book, bundles, blobs);
        _places = blobs.Select((blob, at) => (blob, at)).ToDictionary(pair => pair.blob, pair => pair.at);
        _blobs = [.. blobs];
    }

    public IReadOnlyList<ETag> Blobs { get; }

    /// <summary>As the follow question names them; null when this node shares no work.</summary>
    public string[]? Names => _sharesWork ? [.. Blobs.Select(blob => blob.Text)] : null;

    /// <summary>Somebody who sends bundles.</summary>
    public void Meet(ulong node, PeerAddress peer)
    {
        lock (_lock)
            Of(node, peer);
    }

    /// <summary>Takes what a member says in its first line.</summary>
    /// <exception cref="SourceException">It cannot be right.</exception>
    public void Hear(ulong node, PeerAddress peer, PeerNews news)
    {
        if (news.SmallWanted is null && news.SmallBegun is null)
            return;
        var (wanted, begun) = (PieceSet.TryParse(news.SmallWanted, Blobs.Count), PieceSet.TryParse(news.SmallBegun, Blobs.Count));
        if (wanted is null || begun is null)
            throw new SourceException(SourceFault.Lied, $"peer {peer} tells of small blobs that it was not asked for");
        lock (_lock)
            (Of(node, peer).Wanted, Of(node, peer).Begun) = (wanted, begun);
    }

    public void Leave(ulong node)
    {
        lock (_lock)
            _members.Remove(node);
    }

    /// <summary>
    /// Where the blob is to be taken from now. What turns out to be this node's own counts as begun, and so does what some peer has in whole.
    /// </summary>
    public SmallTurn TakeTurn(ETag blob, bool isHeld)
    {
        if (!_places.TryGetValue(blob, out var place))
            return SmallTurn.Own;
        var key = Rendezvous.Key(blob);
        ulong Weight(ulong node) => Rendezvous.Weight(key, 0, node);
        lock (_lock)
        {
            Look();
            var others = _members.Where(member => !_bundles.HasFailed(member.Value.Peer))
                .Select(member => (Weight: Weight(member.Key), member.Value)).OrderByDescending(other => other.Weight).ToArray();
            var begun = others.Where(other => other.Value.Begun?.Contains(place) is true).ToArray();
            var wanting = others.Where(other => other.Value.Wanted?.Contains(place) is true).ToArray();
            var own = Weight(_self);
            var before = begun.Length > 0 ? begun : _sharesWork ? [.. wanting.Where(other => other.Weight > own)] : wanting.Length > 0 ? wanting : others;
            var turn = new SmallTurn(
                [.. before.Take(MostBefore).Select(other => other.Value.Peer)],
                [.. wanting.Where(other => other.Weight < own).Take(1).Select(other => other.Value.Peer)]);
            if (isHeld || turn.IsOwn)
                _wants.Begin(blob);
            return turn;
        }
    }

    // Here and not when it is convenient: what is begun from now on is what whoever came a moment ago is not told of.
    void Look()
    {
        var version = _book.Version;
        if (version == _seen)
            return;
        _seen = version;
        foreach (var wanting in _book.Sharing(_blobs))
            if (Rendezvous.Key(wanting.Node) is var node && node != _self && Of(node, wanting.Address) is { Wanted: null } member)
                member.Wanted = Places(wanting.Blobs);
    }

    PieceSet Places(IReadOnlySet<ETag> blobs)
    {
        var places = new PieceSet(Blobs.Count);
        foreach (var blob in blobs)
            if (_places.TryGetValue(blob, out var place))
                places.Add(place);
        return places;
    }

    Member Of(ulong node, PeerAddress peer)
    {
        if (!_members.TryGetValue(node, out var member))
            _members[node] = member = new(peer);
        return member;
    }

    sealed class Member(PeerAddress peer)
    {
        public PeerAddress Peer => peer;

        /// <summary>Of this node's blobs: what it wants and shares the work of; null before that is known.</summary>
        public PieceSet? Wanted { get; set; }

        public PieceSet? Begun { get; set; }
    }
}
