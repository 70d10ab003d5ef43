using System.Threading.Channels;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Sources;

/// <summary>
/// The members of one blob's crowd, as they tell of it. Keeps where each stands, so that a transfer that begins late is told all at
/// once; checks what they say against the blob. Safe for several threads.
/// </summary>
sealed class BlobCrowd(Blob blob, ulong self, PeerClient client) : IBlobCrowd
{
    // Two for each member are the least.
    const int MostUnheard = 4096;

    readonly Lock _lock = new();
    readonly PieceGrid _grid = new(blob.Size);
    readonly Dictionary<ulong, Standing> _members = [];
    readonly Channel<CrowdNews> _news = Channel.CreateUnbounded<CrowdNews>();
    bool _isHeard;

    public Blob Blob => blob;

    public ulong Self => self;

    /// <summary>For one listener.</summary>
    public ChannelReader<CrowdNews> News
    {
        get
        {
            lock (_lock)
            {
                if (!_isHeard)
                    foreach (var (node, standing) in _members)
                        _news.Writer.TryWrite(standing.All(node));
                _isHeard = true;
            }
            return _news.Reader;
        }
    }

    public async Task<ChunkList?> ChunksOfAsync(ulong node, CancellationToken cancellationToken)
    {
        try
        {
            return AddressOf(node) is { } peer ? await client.ChunksAsync(peer, blob, cancellationToken) : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    public async Task<bool?> ComplainAsync(ulong node, ByteRange range, CancellationToken cancellationToken)
    {
        try
        {
            return AddressOf(node) is { } peer ? await client.ComplainAsync(peer, blob, range, cancellationToken) : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    PeerAddress? AddressOf(ulong node)
    {
        lock (_lock)
            return (_members.GetValueOrDefault(node)?.Source as PeerSource)?.Peer;
    }

    /// <summary>Takes what a member says of the blob.</summary>
    /// <exception cref="SourceException">It cannot be right.</exception>
    public void Hear(ulong node, ISource source, PeerBlobNews said)
    {
        if (said.Size != blob.Size)
            throw new SourceException(SourceFault.Lied, $"{source.Name} claims {said.Size} bytes for {blob.ETag}, which has {blob.Size}");
        var whole = said.Have is null ? null : PieceSet.TryParse(said.Have, _grid.Count) ?? throw Wrong(source);
        var news = new CrowdNews(node)
        {
            Source = source,
            Held = [.. whole?.Except(new(_grid.Count)) ?? [], .. Pieces(said.Pieces, source)],
            Fetching = Pieces(said.Fetching, source),
            Lost = Pieces(said.Lost, source),
            Dropped = Pieces(said.Dropped, source),
            IsComplete = said.Complete is true,
            IsOwner = said.Owner,
        };
        lock (_lock)
            Take(news);
    }

    /// <summary>Somebody wants the blob who has not told more yet.</summary>
    public void Expect(ulong node, ISource source)
    {
        lock (_lock)
            if (_members.GetValueOrDefault(node) is not { IsClear: true })
                Take(new(node) { Source = source, IsOwner = true });
    }

    public void Leave(ulong node)
    {
        lock (_lock)
            if (_members.Remove(node) && _isHeard)
                _news.Writer.TryWrite(new(node) { IsGone = true });
    }

    void Take(CrowdNews news)
    {
        if (!_members.TryGetValue(news.Node, out var standing))
            _members[news.Node] = standing = new(news.Source!, _grid.Count);
        standing.Take(news);
        if (_isHeard)
            _news.Writer.TryWrite(news);
        if (_news.Reader.Count > MostUnheard)
            TellAnew();
    }

    // Nobody has listened for long: what it all comes to is less than what was said.
    void TellAnew()
    {
        while (_news.Reader.TryRead(out _))
        {
        }
        foreach (var (node, standing) in _members)
        {
            _news.Writer.TryWrite(new(node) { IsGone = true });
            _news.Writer.TryWrite(standing.All(node));
        }
    }

    int[] Pieces(int[]? said, ISource source) =>
        said is null ? [] : said.Length <= _grid.Count && Array.TrueForAll(said, piece => piece >= 0 && piece < _grid.Count) ? said : throw Wrong(source);

    SourceException Wrong(ISource source) => new(SourceFault.Lied, $"{source.Name} tells of pieces that {blob.ETag} does not have");

    sealed class Standing(ISource source, int pieces)
    {
        readonly PieceSet _held = new(pieces);
        readonly HashSet<int> _fetching = [];
        bool _isComplete;
        bool? _isOwner;

        public ISource Source => source;

        /// <summary>It has told whether it takes part, or needs nothing any more.</summary>
        public bool IsClear => _isOwner is not null || _isComplete;

        public void Take(CrowdNews news)
        {
            foreach (var piece in news.Lost)
                _held.Remove(piece);
            foreach (var piece in news.Held)
                _held.Add(piece);
            _fetching.UnionWith(news.Fetching);
            _fetching.ExceptWith(news.Dropped);
            _fetching.ExceptWith(news.Held);
            _isComplete |= news.IsComplete;
            _isOwner = news.IsOwner ?? _isOwner;
        }

        public CrowdNews All(ulong node) => new(node)
        {
            Source = source,
            Held = [.. _held.Except(new(pieces))],
            Fetching = [.. _fetching],
            IsComplete = _isComplete,
            IsOwner = _isOwner,
        };
    }
}
