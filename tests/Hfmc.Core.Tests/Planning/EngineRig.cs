using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>A cache, a book of peers, and an engine over both.</summary>
sealed class EngineRig : IAsyncDisposable
{
    readonly TempFolder _folder = new();
    readonly List<ModelEngine> _engines = [];
    readonly PeerBook _peers;

    /// <param name="cache">Another folder than its own.</param>
    public EngineRig(string? cache = null)
    {
        _peers = new(HomePaths.From(new(new Dictionary<string, string> { ["HOME"] = _folder.Path, ["HFMC_MACHINE_ID"] = "here" })));
        Cache = CacheFolder.Open(cache ?? System.IO.Path.Combine(_folder.Path, "cache"), mayCreate: true);
        Records = new(Cache);
        Engine = NewEngine();
    }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public TimeProvider Time { get; } = TimeProvider.System;

    public CacheFolder Cache { get; }

    public RepoRecords Records { get; }

    public ModelEngine Engine { get; }

    public AddProgress Progress { get; private set; } = new();

    /// <summary>Another one over the same cache, as another process would have.</summary>
    public ModelEngine NewEngine()
    {
        var engine = new ModelEngine(Cache, new(_peers, NodeId.New(), Port: 1), Time, "test");
        _engines.Add(engine);
        return engine;
    }

    public void Know(params TestPeer[] peers)
    {
        foreach (var peer in peers)
            _peers.Add(peer.Address);
    }

    public static Upstream UpstreamOf(FakeHub hub, SourceKind kind = SourceKind.Hub, string? token = null) =>
        new(hub.Endpoint, kind, AccessToken.TryParse(token, out var parsed) ? parsed : null);

    public Task<AddResult> AddAsync(AddRequest request, params FakeHub[] hubs) =>
        AddAsync(request, new Caller([.. hubs.Select(hub => UpstreamOf(hub))], SymlinksOff: false));

    public Task<AddResult> AddAsync(AddRequest request, Caller caller, ModelEngine? engine = null, CancellationToken? cancellationToken = null) =>
        (engine ?? Engine).AddAsync(request, caller, Progress = new(), cancellationToken ?? Cancelled);

    public RepoFolder Folder(RepoId repo) => Cache.Repo(repo);

    /// <summary>Every file of the snapshot has the bytes that the hub has; nothing unfinished is left.</summary>
    public void AssertComplete(FakeRepo repo, CommitId commit, params string[] only)
    {
        var folder = Folder(repo.Id).SnapshotFolder(commit);
        var wanted = repo.Find(commit.Text)!.Files.Where(file => only.Length is 0 || only.Contains(file.Path.Text)).ToList();
        Assert.Equal(wanted.Select(file => file.Path.Text),
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal));
        foreach (var file in wanted)
            Assert.Equal(file.Content.ToArray(), File.ReadAllBytes(file.Path.Below(folder)));
        Assert.All(Directory.EnumerateFiles(Cache.PartialFolder), file => Assert.EndsWith(".lock", file));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        _folder.Dispose();
    }
}
