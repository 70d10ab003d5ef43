using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>
/// A hub in this process that speaks real HTTP on two loopback ports: the hub, and the content network that its signed links
/// lead to. It counts what it gives, remembers what it was asked, and can be made to fail in the ways that networks do.
/// </summary>
public sealed class FakeHub : IAsyncDisposable
{
    readonly RequestLog _log = new();
    readonly Listener _hub, _cdn;

    FakeHub(FakeHubOptions options)
    {
        Content = options.Content ?? new(options.Time, options.LfsThreshold);
        var links = new SignedLinks(options.Time, options.LinkLifetime);
        var files = new FileEndpoints(options, links, () => Endpoint, () => CdnEndpoint);
        var endpoints = new HubEndpoints(options, Content, files, new(options, () => Endpoint, () => CdnEndpoint), () => Endpoint);
        var uplink = options.BytesPerSecond is { } speed ? new Throttle(speed) : null;

        Listener Open(int port, Site site, Func<Uri> endpoint) =>
            new(options.Address, port, new Exchange(site, options, Faults, _log, uplink, endpoint).HandleAsync);
        _hub = Open(options.Port, new(HubSide.Hub, target => HubRoute.Parse(target.Segments), endpoints.Answer), () => Endpoint);
        _cdn = Open(options.CdnPort, new(HubSide.Cdn, links.RouteOf, request => Testing.CdnEndpoint.Answer(request, links)), () => CdnEndpoint);
    }

    /// <summary>What HF_ENDPOINT would name.</summary>
    public Uri Endpoint => _hub.Endpoint;

    public Uri CdnEndpoint => _cdn.Endpoint;

    public HubContent Content { get; }

    public FaultList Faults { get; } = new();

    /// <summary>Every request so far, of both sides, in the order of arrival.</summary>
    public IReadOnlyList<SeenRequest> Requests => _log.Requests;

    /// <summary>Bytes of file bodies that left, per blob, both sides together.</summary>
    public IReadOnlyDictionary<ETag, long> Served => _log.Served;

    public static async Task<FakeHub> StartAsync(FakeHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        var hub = new FakeHub(options ?? new());
        await hub.RestartAsync(HubSide.Any, cancellationToken);
        return hub;
    }

    /// <summary>The repo of that name, new and empty if there was none.</summary>
    public FakeRepo Add(string id, RepoType type = RepoType.Model) => Content.Add(id, type);

    /// <summary>Makes a token valid.</summary>
    public void AddUser(string token, string name) => Content.AddUser(token, name);

    public long BytesServed(ETag blob) => _log.Served.GetValueOrDefault(blob);

    public long BytesServed() => _log.Served.Values.Sum();

    /// <summary>How many connections were accepted since the start.</summary>
    public int Connections(HubSide side = HubSide.Any) =>
        (side is HubSide.Cdn ? 0 : _hub.Connections) + (side is HubSide.Hub ? 0 : _cdn.Connections);

    /// <summary>Forgets requests and bytes; connections keep counting.</summary>
    public void ForgetRequests() => _log.Clear();

    /// <summary>Completes when the condition holds; it is looked at after each request and each piece served.</summary>
    public Task WaitAsync(Func<FakeHub, bool> condition, CancellationToken cancellationToken) =>
        _log.WaitAsync(() => condition(this), cancellationToken);

    /// <summary>Refuses new connections and cuts the open ones.</summary>
    public async Task StopAsync(HubSide side = HubSide.Any)
    {
        if (side is not HubSide.Cdn)
            await _hub.StopAsync();
        if (side is not HubSide.Hub)
            await _cdn.StopAsync();
    }

    /// <summary>Listens again, at the same ports.</summary>
    public async Task RestartAsync(HubSide side = HubSide.Any, CancellationToken cancellationToken = default)
    {
        if (side is not HubSide.Cdn)
            await _hub.StartAsync(cancellationToken);
        if (side is not HubSide.Hub)
            await _cdn.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await _hub.DisposeAsync();
        await _cdn.DisposeAsync();
    }
}
