using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// Brings models into one cache. A command makes one for itself, a daemon keeps one for all: then requests for the same blob
/// share its transfer.
/// </summary>
public sealed class ModelEngine : IAsyncDisposable
{
    static readonly TimeSpan Stall = TimeSpan.FromSeconds(10);

    readonly HubTransports _hubTransports = new();
    readonly SilentPeers _silent;
    readonly HttpMessageInvoker _peerTransport;
    readonly SemaphoreSlim _connections = new(TransferLimits.MostConnections), _peerRequests = new(TransferLimits.MostPeerRequests);

    readonly LanPlace? _lan;
    readonly RangeSupport _ranges;
    readonly string _version;

    /// <param name="cache">Where the models go.</param>
    /// <param name="lan">Null without a daemon: a command alone takes nothing from peers and relays nothing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="version">Of the program.</param>
    public ModelEngine(CacheFolder cache, LanPlace? lan, TimeProvider time, string version)
    {
        (Cache, Time, _lan, _version, _ranges, Trees) = (cache, time, lan, version, new(time), new(time));
        (Backoff, _silent) = (new(time), new(time));
        (Rates, Records, Notes, OpenRepos, Conduct) = (new(time), new(cache), new(cache, time), new(time), new(time));
        (Publisher, Loose) = (new(cache, time, Notes), new(Records));
        (PeerPump, UpstreamPump) = (new(time, Stall, Rates.Down), new(time, Stall, Rates.Wan));
        _peerTransport = PeerClient.CreateTransport(lan?.Trust?.Self);
        var peers = new PeerClient(_peerTransport, time, lan?.Node, lan?.Trust) { Conduct = Conduct };
        Everybody = lan is null ? null : new(peers, Wanting, Small);
        Members = lan is { Trust: not null, Cluster: { } pass } ? new(peers.ForMembers(pass), MembersWanting, MembersSmall) : null;
        Chunks = lan is null ? null : new(new(cache), Board, time);
        Neighbourhood = new(NeighboursAsync, () => lan is null || lan.Peers.Read().Count is 0, time);
        Membership = new(MembersAsync, () => lan?.Cluster?.Current is null, time);
        Named = new(cache, Records);
        Readings = new(this);
    }

    public CacheFolder Cache { get; }

    public TransferBoard Board { get; } = new();

    /// <summary>How fast this process moves bytes; without limits at first.</summary>
    public TransferRates Rates { get; }

    /// <summary>The way to upstreams for those who do not bring their own.</summary>
    public ProxySettings Proxies { get; init; } = ProxySettings.None;

    /// <summary>Which machines are dealt with though nobody added them by hand.</summary>
    public NetworkSwitch Networks { get; } = new();

    /// <summary>What peers and upstreams did wrong lately.</summary>
    public Conduct Conduct { get; }

    /// <summary>Which upstreams do not answer.</summary>
    public UpstreamBackoff Backoff { get; }

    /// <summary>Who wants which blobs, as they have told this node.</summary>
    public CrowdBook Wanting { get; } = new();

    /// <summary>Makes and keeps the chunk lists of what was added; null without a daemon, which alone can share them.</summary>
    public ChunkKeeper? Chunks { get; }

    /// <summary>What the adds of this process bring, by name.</summary>
    public RefsUnderWay UnderWay { get; } = new();

    /// <summary>Which small blobs the running adds want and have begun.</summary>
    public SmallBook Small { get; } = new();

    /// <summary>The same among the members of the cluster, of what is not public.</summary>
    public CrowdBook MembersWanting { get; } = new();

    /// <inheritdoc cref="MembersWanting"/>
    public SmallBook MembersSmall { get; } = new();

    /// <summary>What is shown to those who have proven that they have read it.</summary>
    public OpenRepos OpenRepos { get; }

    /// <summary>What the running adds may read at upstreams, of what is not public.</summary>
    public PlaceReaders OwnReaders { get; } = new();

    /// <summary>Those who read files while they come.</summary>
    public FileReadings Readings { get; }

    /// <summary>Who may hear of what is public; null without a daemon.</summary>
    internal Circle? Everybody { get; }

    /// <summary>Who may hear of what is not; null for a machine that can be in no cluster.</summary>
    internal Circle? Members { get; }

    /// <summary>The peers that answered lately.</summary>
    internal Neighbourhood Neighbourhood { get; }

    /// <summary>Those of them that have shown that they are members of this machine's cluster.</summary>
    internal Neighbourhood Membership { get; }

    /// <summary>What readers were told that revisions are.</summary>
    internal NamedCommits Named { get; }

    /// <summary>By what blobs are seen to have been changed.</summary>
    internal BlobNotes Notes { get; }

    /// <summary>Blobs that lie under other names.</summary>
    internal LooseBlobs Loose { get; }

    internal RepoRecords Records { get; }

    /// <summary>Lists of public commits that are being read.</summary>
    internal TreeReadings Trees { get; }

    internal BlobPublisher Publisher { get; }

    internal TimeProvider Time { get; }

    internal BodyPump PeerPump { get; }

    internal BodyPump UpstreamPump { get; }

    /// <exception cref="HfmcException">Its kind says what the user can do.</exception>
    public Task<AddResult> AddAsync(AddRequest request, Caller caller, AddProgress progress, CancellationToken cancellationToken) =>
        new AddRun(this, request, caller, progress).RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Readings.DisposeAsync();
        if (Chunks is not null)
            await Chunks.DisposeAsync();
        Notes.Dispose();
        await _silent.DisposeAsync();
        _hubTransports.Dispose();
        _peerTransport.Dispose();
        _connections.Dispose();
        _peerRequests.Dispose();
    }

    internal IReadOnlyList<HubClient> Hubs(Caller caller, string? via = null) =>
        [.. caller.Upstreams.Select(upstream => new HubClient(upstream, _hubTransports.For(caller.Proxies ?? Proxies), Time, $"hfmc/{_version}", Way(via))
        {
            Conduct = Conduct,
            Backoff = Backoff,
            Ranges = _ranges,
            Trees = Trees,
        })];

    internal Task<Neighbours?> NeighboursAsync(CancellationToken cancellationToken) => GreetAsync(Everybody, cancellationToken);

    /// <summary>The peers that have shown that they are members of this machine's cluster; null when it is in none.</summary>
    internal Task<Neighbours?> MembersAsync(CancellationToken cancellationToken) =>
        GreetAsync(_lan?.Cluster?.Current is null ? null : Members, cancellationToken);

    /// <summary>What an add takes from peers in bundles.</summary>
    internal Bundles Bundles(Circle circle) => new(circle.Client, Time);

    /// <summary>Who gets which of these small blobs; null without a daemon.</summary>
    internal SmallCrowd? SmallCrowdOf(Circle circle, IReadOnlyList<ETag> blobs, SmallWants wants, bool sharesWork, Bundles bundles) =>
        _lan is null ? null : new(_lan.Node, blobs, wants, sharesWork, circle.Wanting, bundles);

    /// <summary>The crowd of these blobs; null without a daemon.</summary>
    internal Crowd? CrowdOf(Circle? circle, IEnumerable<Blob> blobs, SmallCrowd? small, Action<string> warn) =>
        _lan is null || circle is null ? null : new(circle.Client, circle.Wanting, new(_lan.Node, _lan.Port), blobs, small, PeerPump, Time, warn) { Networks = Networks.Current };

    /// <summary>Proves to peers that this caller may read the snapshot; null where nobody is to be asked, or it is not worth it.</summary>
    internal ReadProofs? Proofs(PlaceReader reader) => _lan is not null && Everybody is { } circle ? new(circle.Client, _lan.Node, reader, OpenRepos, Time) : null;

    /// <summary>Those of the peers to whom something can be proven, nearest first.</summary>
    internal IEnumerable<KeyValuePair<PeerAddress, NodeId>> Provable(Neighbours neighbours) =>
        neighbours.Alive.Where(neighbours.Reading.Contains).Select(peer => (Peer: peer, Node: _lan?.Trust?.Pinned(peer)))
            .Where(peer => peer.Node is not null).Select(peer => KeyValuePair.Create(peer.Peer, peer.Node!.Value));

    async Task<Neighbours?> GreetAsync(Circle? circle, CancellationToken cancellationToken)
    {
        if (_lan is null || circle is null)
            return null;
        _silent.Follow(_lan.Peers.Written);
        return await Neighbours.GreetAsync(circle.Client, _lan.Peers.Read(), _lan.Node.Text, Time, cancellationToken, _silent);
    }

    // Of a question that has come through other daemons: it must not come back to one of them.
    string? Way(string? via) => string.IsNullOrEmpty(via) ? _lan?.Node.Text : $"{via}, {_lan?.Node.Text}";

    internal TransferLimits Limits(TimeSpan patience) => new(patience, _connections) { PeerRequests = _peerRequests };
}
