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
/// share its transfer. <c>lan</c> is null without a daemon: a command alone takes nothing from peers and relays nothing.
/// </summary>
public sealed class ModelEngine(CacheFolder cache, LanPlace? lan, TimeProvider time, string version) : IDisposable
{
    static readonly TimeSpan Stall = TimeSpan.FromSeconds(10);

    readonly HttpMessageInvoker _hubTransport = HubTransport.Create();
    readonly HttpMessageInvoker _peerTransport = PeerClient.CreateTransport();
    readonly SemaphoreSlim _connections = new(TransferLimits.MostConnections), _peerRequests = new(TransferLimits.MostPeerRequests);

    ChunkKeeper? _chunks;

    public CacheFolder Cache { get; } = cache;

    public TransferBoard Board { get; } = new();

    /// <summary>How fast this process moves bytes; without limits at first.</summary>
    public TransferRates Rates { get; } = new(time);

    /// <summary>Who wants which blobs, as they have told this node.</summary>
    public CrowdBook Wanting { get; } = new();

    /// <summary>Makes and keeps the chunk lists of what was added; null without a daemon, which alone can share them.</summary>
    public ChunkKeeper? Chunks =>
        lan is null ? null : LazyInitializer.EnsureInitialized(ref _chunks, () => new(new(Cache), () => Board.Current.Count > 0, Time));

    /// <summary>What the adds of this process bring, by name.</summary>
    public RefsUnderWay UnderWay { get; } = new();

    /// <summary>Which small blobs the running adds want and have begun.</summary>
    public SmallBook Small { get; } = new();

    internal RepoRecords Records { get; } = new(cache);

    internal BlobPublisher Publisher { get; } = new(cache, time);

    internal TimeProvider Time { get; } = time;

    internal BodyPump PeerPump => field ??= new(Time, Stall, Rates.Down);

    internal BodyPump UpstreamPump => field ??= new(Time, Stall, Rates.Wan);

    /// <exception cref="HfmcException">Its kind says what the user can do.</exception>
    public Task<AddResult> AddAsync(AddRequest request, Caller caller, AddProgress progress, CancellationToken cancellationToken) =>
        new AddRun(this, request, caller, progress).RunAsync(cancellationToken);

    public void Dispose()
    {
        _chunks?.Dispose();
        _hubTransport.Dispose();
        _peerTransport.Dispose();
        _connections.Dispose();
        _peerRequests.Dispose();
    }

    internal IReadOnlyList<HubClient> Hubs(Caller caller) =>
        [.. caller.Upstreams.Select(upstream => new HubClient(upstream, _hubTransport, Time, $"hfmc/{version}", lan?.Node.Text))];

    internal async Task<Neighbours?> NeighboursAsync(CancellationToken cancellationToken) =>
        lan is not null
            ? await Neighbours.GreetAsync(new(_peerTransport, Time, lan.Node), lan.Peers.Read(), lan.Node.Text, Time, cancellationToken)
            : null;

    /// <summary>What an add takes from peers in bundles; null without a daemon.</summary>
    internal Bundles? Bundles() => lan is null ? null : new(new(_peerTransport, Time, lan.Node), Time);

    /// <summary>Who gets which of these small blobs; null without a daemon.</summary>
    internal SmallCrowd? SmallCrowdOf(IReadOnlyList<ETag> blobs, SmallWants wants, bool sharesWork, Bundles bundles) =>
        lan is null ? null : new(lan.Node, blobs, wants, sharesWork, Wanting, bundles);

    /// <summary>The crowd of these blobs; null without a daemon.</summary>
    internal Crowd? CrowdOf(IEnumerable<Blob> blobs, SmallCrowd? small, Action<string> warn) =>
        lan is null ? null : new(new(_peerTransport, Time, lan.Node), Wanting, new(lan.Node, lan.Port), blobs, small, PeerPump, Time, warn);

    internal TransferLimits Limits(TimeSpan patience) => new(patience, _connections) { PeerRequests = _peerRequests };
}
