using Hfmc.Core.Control;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests;

/// <summary>A daemon in this process, on a real port, over a cache that the test fills.</summary>
sealed class DaemonRig : IAsyncDisposable
{
    public const string OwnersToken = "hf_owner";

    readonly TempFolder _folder;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _end = new();
    readonly Task _running;
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly string _configFile;
    readonly PeerBook _peers;
    bool _isFollowed;

    DaemonRig(TempFolder folder, string? cache, Uri? upstream, TimeProvider time, string xet, long? xetAbove, string tls, (double, TimeSpan)? slowestReader)
    {
        (_folder, _time) = (folder, time);
        Cache = CacheFolder.Open(cache ?? Path.Combine(_folder.Path, "cache"), mayCreate: true);
        Cache.TryEnsureCreated();
        Records = new(Cache);
        var port = FreePort.Next();
        var settings = HfmcSettings.Load(new ProcessEnvironment(new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path,
            ["HFMC_HOME"] = _folder.Folder("home"),
            ["HFMC_MACHINE_ID"] = "rig",
            ["HFMC_CACHE"] = Cache.Root,
            ["HFMC_PORT"] = $"{port}",
            ["HFMC_BIND"] = "127.0.0.1",
            ["XDG_RUNTIME_DIR"] = _folder.Path,
            // The owner's login, which is for his own commands.
            ["HF_TOKEN"] = OwnersToken,
            // No test reaches the world by accident.
            [upstream is null ? "HF_HUB_OFFLINE" : "HF_ENDPOINT"] = upstream?.AbsoluteUri ?? "1",
        }), SettingsInput.Nothing.With(SettingKeys.HubXet, xet).With(SettingKeys.Tls, tls));
        (Socket, LogFile, _configFile) = (settings.Home.Run.Socket, settings.Home.Run.LogFile, settings.Home.ConfigFile);
        _peers = new(settings.Home);
        (Home, Address) = (settings.Home, new("127.0.0.1", port));
        Http = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        _running = new DaemonHost(settings, Cache, "1.2.3", time, inForeground: false)
        {
            XetAbove = xetAbove ?? XetIds.MostOverPlainHttp,
            SlowestReader = slowestReader ?? DaemonHost.SlowestReaders,
        }.RunAsync(_ready.SetResult, _end.Token);
    }

    public CacheFolder Cache { get; }

    public RepoRecords Records { get; }

    /// <summary>Asks over TCP.</summary>
    public HttpClient Http { get; }

    /// <summary>Where it keeps its key and its peers.</summary>
    public HomePaths Home { get; }

    /// <summary>Where peers find it.</summary>
    public PeerAddress Address { get; }

    /// <summary>The control socket.</summary>
    public string Socket { get; }

    public string LogFile { get; }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="upstream">Its only upstream; without one it is offline.</param>
    /// <param name="time">The daemon's clock.</param>
    /// <param name="xet">The setting <c>hub.xet</c>.</param>
    /// <param name="xetAbove">What <c>auto</c> means by large, in bytes.</param>
    /// <param name="tls">The setting <c>tls</c>.</param>
    /// <param name="slowestReader">Bytes a second below which a reader loses its place, and how long it may read nothing.</param>
    /// <param name="cache">Another folder than its own.</param>
    public static async Task<DaemonRig> StartAsync(
        Uri? upstream = null, TimeProvider? time = null, string xet = "auto", long? xetAbove = null, string tls = "restricted", (double, TimeSpan)? slowestReader = null,
        string? cache = null)
    {
        var rig = new DaemonRig(new(), cache, upstream, time ?? TimeProvider.System, xet, xetAbove, tls, slowestReader);
        await await Task.WhenAny(rig._ready.Task, rig._running);
        return rig;
    }

    /// <summary>Ends this daemon, and starts another one over the same home and cache; without an upstream that one is offline.</summary>
    public async Task<DaemonRig> RestartAsync(Uri? upstream)
    {
        _isFollowed = true;
        await DisposeAsync();
        var rig = new DaemonRig(_folder, Cache.Root, upstream, _time, "auto", null, "restricted", null);
        await await Task.WhenAny(rig._ready.Task, rig._running);
        return rig;
    }

    /// <summary>Changes a setting in config.json, and tells the daemon as <c>conf set</c> does.</summary>
    public async Task SetAsync(string key, string value)
    {
        var setting = SettingKeys.Parse(key);
        new ConfigFile(_configFile).Set(setting, setting.Normalise([value], new(new Dictionary<string, string>())));
        using var control = new ControlClient(Socket, "1.2.3");
        Assert.True(await control.TakeSettingsAsync(Cancelled));
    }

    /// <summary>The answer before its body.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string target, NodeId asker)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, UriKind.Relative));
        request.Headers.Add(PeerClient.NodeHeader, asker.Text);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    /// <summary>Puts a repo into the cache as an add does, at <c>main</c>.</summary>
    public CommitId Put(string repo, bool isPublic, params (string Path, FileContent Content)[] files)
    {
        var id = RepoId.Parse(repo);
        var commit = CommitId.TryParse(BytesContent.Of(repo).GitSha1.Text, out var parsed) ? parsed : default;
        var writer = new SnapshotWriter(Cache, id);
        writer.Prepare();
        Directory.CreateDirectory(Cache.Repo(id).SnapshotFolder(commit));
        foreach (var (path, content) in files)
        {
            File.WriteAllBytes(Cache.Repo(id).BlobFile(content.Sha256), content.ToArray());
            writer.Link(commit, FilePath.Parse(path), content.Sha256);
        }
        writer.WriteRef(Revision.Main, commit);
        Record(repo, commit, isPublic, files);
        return commit;
    }

    /// <summary>Puts a commit of a fake hub into the cache as an add does.</summary>
    public void Put(FakeRepo repo, CommitId commit, bool isPublic, string revision = "main", bool withInfo = true)
    {
        var found = repo.Find(commit.Text)!;
        var files = found.Files;
        var writer = new SnapshotWriter(Cache, repo.Id);
        writer.Prepare();
        Directory.CreateDirectory(Cache.Repo(repo.Id).SnapshotFolder(commit));
        foreach (var file in files)
        {
            File.WriteAllBytes(Cache.Repo(repo.Id).BlobFile(file.ETag), file.Content.ToArray());
            writer.Link(commit, file.Path, file.ETag);
        }
        writer.WriteRef(Revision.Parse(revision), commit);
        Records.Write(new(repo.Id, commit, [.. files.Select(file => new RecordedFile(file.AsRepoFile(), Ours: true))],
            isPublic ? DateTimeOffset.UnixEpoch : null, RepoOrigin.Hfmc, DateTimeOffset.UnixEpoch)
        {
            Info = withInfo ? repo.Describe(found) : null,
        });
    }

    /// <summary>Adds a peer, as <c>peer add</c> does.</summary>
    public void Know(TestPeer peer) => _peers.Add(peer.Address);

    public void Record(string repo, CommitId commit, bool isPublic, params (string Path, FileContent Content)[] files) => Records.Write(new(
        RepoId.Parse(repo), commit,
        [.. files.Select(file => new RecordedFile(new(FilePath.Parse(file.Path), new(file.Content.Sha256, file.Content.Size)), Ours: true))],
        isPublic ? DateTimeOffset.UnixEpoch : null, RepoOrigin.Hfmc, DateTimeOffset.UnixEpoch));

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, target, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        Http.Dispose();
        if (!_isFollowed)
            _folder.Dispose();
    }
}
