using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>Nodes, hubs and relays for one test, in one temporary folder; all of them end with it.</summary>
public abstract class NodeTest : IAsyncLifetime
{
    readonly List<IAsyncDisposable> _things = [];
    readonly Secrets _secrets = new();
    readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected NodeTest() => _patience.CancelAfter(TimeSpan.FromMinutes(5));

    /// <summary>Fires when the run is cancelled, or the test takes so long that it hangs.</summary>
    private protected CancellationToken Cancelled => _patience.Token;

    private protected TempFolder Place { get; } = new();

    private protected HfmcNode Node(string name, string? home = null, int? port = null) =>
        Keep(new HfmcNode(System.IO.Path.Combine(Place.Path, home ?? name), name, port));

    private protected async Task<FakeHub> HubAsync(FakeHubOptions? options = null) => Keep(await FakeHub.StartAsync(options, Cancelled));

    /// <summary>Commits the files as the repo's main branch.</summary>
    private protected static CommitId Publish(FakeHub hub, string repo, params (string Path, FileContent Content)[] files) =>
        hub.Add(repo).Commit(files.ToDictionary(file => file.Path, file => file.Content));

    /// <summary>A token that reaches a daemon by another way than a command: at the end it is looked for as those are.</summary>
    private protected string Secret(string token)
    {
        _secrets.Learn(token);
        return token;
    }

    private protected T Keep<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Add(thing);
        return thing;
    }

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // Hubs and relays first: what waits for them then ends by itself.
        foreach (var thing in Enumerable.Reverse(_things))
            await thing.DisposeAsync();
        var leaks = _things.OfType<HfmcNode>().SelectMany(node => node.Leaks(_secrets)).Distinct().ToList();
        Place.Dispose();
        _patience.Dispose();
        GC.SuppressFinalize(this);
        Assert.True(leaks.Count is 0, $"tokens lie open: {string.Join("; ", leaks)}");
    }

    /// <summary>Looks again and again until it holds, or the test hangs.</summary>
    private protected async Task UntilAsync(Func<bool> holds) => await UntilAsync(() => Task.FromResult(holds()));

    private protected async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Delay(20, Cancelled);
    }
}
