using System.Diagnostics;
using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Testing;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>A machine as far as hfmc can tell: a home, a cache, a login, a port and a daemon of its own. Ends what it started.</summary>
sealed class HfmcNode : IAsyncDisposable
{
    readonly List<RunningCommand> _commands = [];

    public HfmcNode(string folder, string name, int? port = null)
    {
        Home = Directory.CreateDirectory(folder).FullName;
        Port = port ?? FreePort.Next();
        var runtime = Directory.CreateDirectory(Path.Combine(Home, "run"));
        Environment = new()
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["HOME"] = Home,
            ["HFMC_HOME"] = Path.Combine(Home, ".hfmc"),
            ["HFMC_MACHINE_ID"] = name,
            ["HFMC_PORT"] = $"{Port}",
            ["XDG_RUNTIME_DIR"] = runtime.FullName,
            // No test reaches the world by accident.
            ["HF_ENDPOINT"] = "http://127.0.0.1:9",
        };
        if (System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } dotnet)
            Environment["DOTNET_ROOT"] = dotnet;
    }

    public string Home { get; }

    public int Port { get; }

    /// <summary>All that its commands find in their environment; nothing is inherited.</summary>
    public Dictionary<string, string> Environment { get; }

    public string ConfigFile => Path.Combine(Environment["HFMC_HOME"], "config.json");

    /// <summary>The machine's own network, unless a LAN and the name of a host on it are given.</summary>
    public (NamespaceLan Lan, string Host)? On { get; init; }

    /// <summary>The default cache, unless the test chooses another.</summary>
    public string CacheRoot { get => field ?? Path.Combine(Home, ".cache", "hfmc"); set; }

    public CacheFolder Cache => CacheFolder.Open(CacheRoot, mayCreate: false);

    /// <summary>Where the daemon listens for peers and Hub clients.</summary>
    public Uri Endpoint => new($"http://127.0.0.1:{Port}");

    /// <summary>The one upstream, by HF_ENDPOINT.</summary>
    public HfmcNode At(Uri endpoint) => With("HF_ENDPOINT", endpoint.AbsoluteUri.TrimEnd('/'));

    public HfmcNode With(string variable, string value)
    {
        Environment[variable] = value;
        return this;
    }

    public HfmcNode Without(string variable)
    {
        Environment.Remove(variable);
        return this;
    }

    /// <summary>Several upstreams in order, by config.json.</summary>
    public HfmcNode WithSources(params Uri[] sources) =>
        Without("HF_ENDPOINT").Configured(JsonSerializer.Serialize(new { sources = sources.Select(source => source.AbsoluteUri.TrimEnd('/')) }));

    public HfmcNode Configured(string json)
    {
        Directory.CreateDirectory(Environment["HFMC_HOME"]);
        File.WriteAllText(ConfigFile, json);
        return this;
    }

    public ProcessStartInfo Describe(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = Home };
        start.Environment.Clear();
        foreach (var (variable, value) in Environment)
            start.Environment[variable] = value;
        return On is var (lan, host) ? lan.Inside(host, start) : start;
    }

    public RunningCommand Start(params string[] arguments) => Launch(Describe(HfmcProgram.Path, arguments));

    public RunningCommand Launch(ProcessStartInfo start)
    {
        var command = new RunningCommand(start);
        lock (_commands)
            _commands.Add(command);
        return command;
    }

    public async Task<Told> RunAsync(params string[] arguments) =>
        await Start(arguments).Type("").EndAsync(Xunit.TestContext.Current.CancellationToken);

    /// <summary>Adds with <c>--json</c>; the command must succeed.</summary>
    public async Task<Added> AddAsync(string repo, params string[] more) =>
        new((await RunAsync(["model", "add", "-r", repo, "--json", .. more])).Succeeded().Json);

    public async Task<Told> StartDaemonAsync() => (await RunAsync("daemon", "start")).Succeeded();

    public async Task<JsonElement> StatusAsync() => (await RunAsync("daemon", "status", "--json")).Json;

    /// <summary>As its run file has it; null when no daemon has announced itself.</summary>
    public int? DaemonPid =>
        Directory.GetFiles(Environment["XDG_RUNTIME_DIR"], "daemon.json", SearchOption.AllDirectories) is [var file]
            ? JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("pid").GetInt32()
            : null;

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public Task KillDaemonAsync() => LocalProcess.KillAsync(DaemonPid ?? throw new InvalidOperationException("there is no daemon to kill"));

    /// <summary>What <c>peer add</c> leaves behind, without the time that a process takes.</summary>
    public HfmcNode Knows(params int[] ports) => Knows([.. ports.Select(port => new PeerAddress("127.0.0.1", port))]);

    public HfmcNode Knows(params PeerAddress[] peers)
    {
        var book = new PeerBook(HomePaths.From(new(Environment)));
        foreach (var peer in peers)
            book.Add(peer);
        return this;
    }

    /// <summary>The bytes of a file of a snapshot.</summary>
    public byte[] Read(string repo, CommitId commit, string path) =>
        File.ReadAllBytes(Path.Combine(Cache.Repo(RepoId.Parse(repo)).SnapshotFolder(commit), path));

    /// <summary>Where the tokens that it was given, or that are known already, lie open; call it when all its commands have ended.</summary>
    public IReadOnlyList<string> Leaks(Secrets secrets)
    {
        secrets.Learn(Environment.GetValueOrDefault("HF_TOKEN"));
        var commands = _commands.ConvertAll(command => (command.Typed, Told: command.Said));
        foreach (var (typed, _) in commands)
            secrets.Learn(typed);
        return [.. commands.SelectMany(command => secrets.In(command.Told.ToString(), $"hfmc {command.Told.Command}")), .. secrets.Below(Home, IsLogin)];
    }

    // Python's own places.
    bool IsLogin(string file) =>
        file == Environment.GetValueOrDefault("HF_TOKEN_PATH") || (Path.GetFileName(file) is "token" or "stored_tokens" && Path.GetFileName(Path.GetDirectoryName(file)) is "huggingface");

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _commands)
            command.Dispose();
        // The file of a daemon that was killed may name a number that is somebody else's by now.
        if (DaemonPid is { } pid && LocalProcess.HasVariable(pid, "HFMC_HOME", Environment["HFMC_HOME"]))
            await LocalProcess.KillAsync(pid);
    }
}
