using Hfmc.Core.Control;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Tests.Hub;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>A model at a fake hub, and a daemon that it comes to in one way or another.</summary>
sealed class WholeModel : IAsyncDisposable
{
    public const string Name = "acme/whole";

    WholeModel(FakeHub hub, DaemonRig daemon, LeapingTime time)
    {
        (Hub, Daemon, Time) = (hub, daemon, time);
        Repo = hub.Add(Name);
        Commit = Repo.Commit(Files);
    }

    public static IReadOnlyDictionary<string, FileContent> Files { get; } = new Dictionary<string, FileContent>
    {
        ["config.json"] = BytesContent.Of("{}"),
        ["copy/config.json"] = BytesContent.Of("{}"),
        ["weights/model.bin"] = new PatternContent((2 << 20) + 5, seed: 5),
        ["empty.txt"] = BytesContent.Of(""),
        ["lib/__init__.py"] = BytesContent.Of(""),
    };

    public FakeHub Hub { get; }

    public FakeRepo Repo { get; }

    public CommitId Commit { get; set; }

    /// <summary>Something else has put it into the cache.</summary>
    public bool IsForeign { get; set; }

    public LeapingTime Time { get; }

    public DaemonRig Daemon { get; private set; }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="cache">Another folder than the daemon's own.</param>
    public static async Task<WholeModel> StartAsync(string? cache = null)
    {
        var (hub, time) = (await FakeHub.StartAsync(new() { LfsThreshold = 1000 }, Cancelled), new LeapingTime());
        return new(hub, await DaemonRig.StartAsync(hub.Endpoint, time, cache: cache), time);
    }

    public async Task<Sent> AskAsync(string target, string? token = null, HttpMethod? method = null, params (string, string)[] headers)
    {
        (string, string)[] all = token is null ? headers : [.. headers, ("Authorization", $"Bearer {token}")];
        return await Sent.OfAsync(await Daemon.SendAsync(method ?? HttpMethod.Get, target, all), Cancelled);
    }

    /// <summary>Adds through the daemon, as a command does.</summary>
    public async Task<AddOutcome> AddAsync(string revision, bool online, string? token = null)
    {
        AccessToken? known = AccessToken.TryParse(token, out var parsed) ? parsed : null;
        var caller = new Caller(online ? [new Upstream(Hub.Endpoint, SourceKind.Hub, known)] : [], SymlinksOff: false);
        using var control = new ControlClient(Daemon.Socket, "1.2.3");
        await foreach (var line in control.AddAsync(AddMessage.Of(new(Repo.Id, Revision.Parse(revision)), caller, detach: false), Cancelled))
            if (line.Outcome is { } outcome)
                return outcome;
        throw new InvalidOperationException("the add has no outcome");
    }

    /// <summary>The hub is gone, and what it said lately is forgotten.</summary>
    public async Task GoOfflineAsync()
    {
        await Hub.StopAsync();
        Time.Leap(TimeSpan.FromDays(2));
    }

    public async Task GoOnlineAsync()
    {
        await Hub.RestartAsync(cancellationToken: Cancelled);
        Time.Leap(TimeSpan.FromDays(2));
    }

    /// <summary>Another daemon over the same cache, which knows nothing but what lies there, and has no upstream.</summary>
    public async Task RestartAsync() => Daemon = await Daemon.RestartAsync(upstream: null);

    public async Task RestartOnlineAsync() => Daemon = await Daemon.RestartAsync(Hub.Endpoint);

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await Hub.DisposeAsync();
    }
}
