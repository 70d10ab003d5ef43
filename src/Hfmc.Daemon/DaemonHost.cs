using System.Net;
using System.Net.Sockets;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Endpoints;
using Hfmc.Daemon.Endpoints.Hub;
using Hfmc.Daemon.Endpoints.Peer;
using Hfmc.Daemon.Endpoints.Xet;
using Hfmc.Daemon.Logging;
using Hfmc.Daemon.Serving;
using Hfmc.Daemon.Serving.Xet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hfmc.Daemon;

/// <summary>
/// The daemon's life: claim the run folder, listen, serve, clean up. One runs for each home on each machine. What it is made
/// of is put together here and nowhere else.
/// </summary>
public sealed class DaemonHost(HfmcSettings settings, CacheFolder cache, string version, TimeProvider time, bool inForeground)
{
    // Those of the control socket, and those that are being refused.
    const int MoreConnections = 128;

    // Bytes a second. Who takes or sends a body more slowly than that holds a place that others want; a limit of a peer's own starts at 1 kB/s.
    const double SlowestBody = 1000;

    static readonly TimeSpan SlowestHead = TimeSpan.FromSeconds(10), BodyGrace = TimeSpan.FromSeconds(10);

    static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    /// <summary>The size in bytes above which a file is offered as Xet when the setting is <c>auto</c>.</summary>
    public long XetAbove { get; init; } = XetIds.MostOverPlainHttp;

    public static (double Rate, TimeSpan Grace) SlowestReaders => (SlowestBody, BodyGrace);

    /// <summary>Bytes a second of the slowest reader that keeps its place, and how long it may read nothing.</summary>
    public (double Rate, TimeSpan Grace) SlowestReader { get; init; } = SlowestReaders;

    /// <summary>Runs until it is told to stop; <paramref name="ready"/> is called once it answers.</summary>
    /// <exception cref="AlreadyRunningException">Another daemon of this home has the run folder.</exception>
    /// <exception cref="HfmcException">The port, the cache or a folder cannot be had.</exception>
    public async Task RunAsync(Action ready, CancellationToken cancellationToken)
    {
        using var claim = RunClaim.Take(settings.Home.Run);
        cache.TryEnsureCreated();
        var keys = new NodeIdentity(settings.Home);
        var self = keys.ReadOrCreate();
        var identity = new DaemonIdentity(self.Id, version, settings.Tls);
        var lan = new LanPlace(new(settings.Home), self.Id, settings.Port)
        {
            Trust = new(self, settings.Tls, settings.Home, time),
            Cluster = settings.Tls is TlsChoice.Off ? null : new(new(settings.Home), self.Id, time),
        };
        await using var engine = new ModelEngine(cache, lan, time, version) { Proxies = settings.Proxies };
        engine.Rates.Set(settings.Limits);
        engine.Networks.Current = settings.Networks;
        var log = new RotatingFile(settings.Home.Run.LogFile);
        log.Claim();
        await using var app = Build(log, identity, self, lan.Cluster, engine, out var adds);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException || error.InnerException is SocketException)
        {
            throw new HfmcException(FailureKind.Unexpected,
                $"port {settings.Port} is taken, maybe by Prometheus or by hfmc of another user; choose another with 'hfmc conf port set {settings.Port + 1}'", error);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.SocketError)
        {
            // No error of networks: the control socket found no room on its disk.
            throw DiskFailure.Of($"make the socket {settings.Home.Run.Socket}", new IOException(error.Message, DiskFailure.NoRoom), DiskPlace.Run);
        }
        catch (SocketException error)
        {
            throw new HfmcException(FailureKind.Unexpected, $"cannot listen on {string.Join(", ", settings.Bind)} port {settings.Port}: {error.Message}; see 'hfmc conf bind get'", error);
        }

        claim.CloseSocketToOthers();
        claim.Announce(settings.Port, version);
        var logger = app.Services.GetRequiredService<ILogger<DaemonHost>>();
        logger.Started(version, settings.Port, cache.Root, identity.Node.Short);
        if (keys.Replaced is { } former)
            logger.HasNewId(former.Short, identity.Node.Short);
        ready();
        await app.WaitForShutdownAsync(cancellationToken);
        await adds.EndAsync();
        logger.Ended();
    }

    WebApplication Build(RotatingFile log, DaemonIdentity identity, NodeCertificate self, ClusterPass? cluster, ModelEngine engine, out RunningAdds adds)
    {
        // Empty: the others read appsettings.json and ASPNETCORE_* from wherever the daemon happens to stand, and watch that folder.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging
            .AddProvider(new FileLog(log, inForeground, time))
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // It would begin a trace of each request for nobody.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        var gate = new ConnectionGate(engine.Networks, time);
        // Our answers wait for the disk at most: to hand each to another thread first costs more than that.
        // A connection keeps its 4 KiB while it is idle: to wait without them is one more call to the system for each request.
        builder.WebHost.UseKestrelCore().UseSockets(options => (options.UnsafePreferInlineScheduling, options.WaitForDataBeforeAllocatingBuffer) = (true, false))
            .ConfigureKestrel(options => Listen(options, gate, settings.Tls is TlsChoice.Off ? null : new(self, time)));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownPatience);

        var app = builder.Build();
        var (shelf, sender) = (new PublicShelf(cache, engine.Readings), new BlobSender(engine.Rates.Up, cache.Root));
        var relay = new BlobRelay(sender, time);
        var (everybody, members) = (Serve(shelf, engine.Wanting, engine.Small), Serve(new(cache, _ => true, readings: engine.Readings) { ShowsAll = true }, engine.MembersWanting, engine.MembersSmall));
        var talk = new PeerTalk([everybody.Follow, members.Follow], [engine.Wanting, engine.MembersWanting]);
        var hub = new HubSwitches(settings.Hub);
        adds = new(engine, app.Services.GetRequiredService<ILogger<RunningAdds>>(), app.Lifetime.ApplicationStopping);
        app.Use(next => new GoneCallers(next).InvokeAsync);
        app.Use(next => new Doorkeeper(next, hub, engine.Networks, identity).InvokeAsync);
        app.Use(talk.Count);
        var views = new RepoViews(engine, ViewRules.From(settings, () => hub.Current.ShowsRestrictedOffline));
        var ids = new XetIds(settings.HubXet, XetAbove, new(cache), engine.Chunks, shelf);
        var endpoints = new HubEndpoints(identity, views, shelf, Resolve(app, engine, sender), ids);
        app.Use(endpoints.Warm);
        // What is not in memory is looked for on the disk.
        app.Use(next => async context =>
        {
            await SocketThreads.Leave();
            await next(context);
        });
        app.UseRouting();
        var questions = new OpenQuestions(time);
        app.Use(next => context =>
        {
            context.Features.Set(questions);
            return next(context);
        });
        new ControlEndpoints(settings, identity, engine, adds, sender, talk, hub, app.Lifetime, time).Map(app);
        var rights = settings.Tls is TlsChoice.Off ? null : new ReadingRights(cache, self.Id, engine.OpenRepos, engine.OwnReaders.Find, time);
        new PeerEndpoints(identity, shelf, new(everybody, members, cluster, rights is null ? null : engine.OpenRepos, of => Serve(of, new(), new()), cache, engine.Readings), rights).Map(app);
        if (!ids.AreOff)
            MapXet(app, views, ids, engine.Readings, shelf, sender);
        endpoints.Map(app);
        return app;

        Desk Serve(Shelf of, CrowdBook wanting, SmallBook small) => new(
            new(of, engine.Board, engine.UnderWay), new(of, engine.Board, sender, relay), new(engine.Board, of, wanting, small, time),
            new(small, of, engine.Board, sender, time), new(engine.Board, of, engine.Chunks, sender));
    }

    void MapXet(WebApplication app, RepoViews views, XetIds ids, FileReadings readings, PublicShelf shelf, BlobSender sender)
    {
        var (grants, links, shapes, files) = (new XetGrants(time), new XorbLinks(time), new XetShapes(new(cache), time), new XetFiles(views, ids, shelf, readings));
        new XetEndpoints(views, grants, files, new(shapes, links), new(links, grants, files, shapes, sender)).Map(app);
    }

    ResolveAnswer Resolve(WebApplication app, ModelEngine engine, BlobSender sender)
    {
        var logger = app.Services.GetRequiredService<ILogger<ColdBytes>>();
        engine.Readings.Warn = logger.Reader;
        return new(engine.Readings, sender, new(engine.Readings, sender, time, logger, app.Lifetime.ApplicationStopping), new(new(cache), time), new(engine.Readings, sender, logger));
    }

    void Listen(KestrelServerOptions options, ConnectionGate gate, TlsDoor? door)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = OpenConnections.Most + MoreConnections;
        options.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        options.Limits.MaxRequestHeaderCount = 64;
        options.Limits.MaxRequestLineSize = 8 << 10;
        options.Limits.MaxRequestBodySize = PeerProtocol.LargestQuestion;
        options.Limits.RequestHeadersTimeout = SlowestHead;
        options.Limits.MinRequestBodyDataRate = new(SlowestBody, BodyGrace);
        options.Limits.MinResponseDataRate = new(SlowestReader.Rate, SlowestReader.Grace);
        options.ListenUnixSocket(settings.Home.Run.Socket, socket => socket.Use(new ControlGate(options.ApplicationServices.GetRequiredService<ILogger<ControlGate>>()).Guard));

        // A socket on :: takes IPv4 too, and then nothing else can listen on 0.0.0.0.
        var both = settings.Bind.Contains(IPAddress.IPv6Any) && settings.Bind.Contains(IPAddress.Any);
        foreach (var address in settings.Bind)
            if (address.AddressFamily is AddressFamily.InterNetworkV6 ? Socket.OSSupportsIPv6 : !(both && Socket.OSSupportsIPv6 && address.Equals(IPAddress.Any)))
                options.Listen(address, settings.Port, port =>
                {
                    port.Use(gate.Guard);
                    door?.Open(port);
                });
    }
}

/// <summary>Another daemon of this home runs already.</summary>
public sealed class AlreadyRunningException() : HfmcException(FailureKind.Unexpected, "a daemon of this home runs already; see 'hfmc daemon status'");

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "hfmc {Version} listens on port {Port}, serves {Cache}, and is node {Node}")]
    public static partial void Started(this ILogger<DaemonHost> logger, string version, int port, string cache, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine was node {Former} and is node {Node} from now on: ids follow from keys, and it has just made its first")]
    public static partial void HasNewId(this ILogger<DaemonHost> logger, string former, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ended")]
    public static partial void Ended(this ILogger<DaemonHost> logger);
}
