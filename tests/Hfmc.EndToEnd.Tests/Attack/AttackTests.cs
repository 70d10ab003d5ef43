using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Tests.Fuzz;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Attack;

/// <summary>
/// A daemon with a public and a restricted model, and somebody on the network who wants the second, or the daemon gone. He has other
/// addresses than the friend, who is to be served all the while.
/// </summary>
public sealed class AttackTests : NodeTest
{
    const string Open = "acme/open", Restricted = "acme/restricted", Token = "hf_ofTheOwnerAndNobodyElse";

    // A daemon at rest has about a third of it.
    const long MostMemory = 384 << 20;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), LongTime = TimeSpan.FromSeconds(8);

    static readonly PatternContent Weights = new(3_000_000, seed: 40), Hidden = new(2_000_000, seed: 41);

    FakeHub _hub = null!;
    HfmcNode _victim = null!;
    CommitId _commit;

    // None of them is worth much time: it is how many that counts.
    Loot Loot { get; } = new(["hidden-weights.bin", Hidden.Sha256.Text, Token], Hidden.ToArray(0, 64));

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, Open, ("model.bin", Weights), ("config.json", BytesContent.Of("{}")));
        _commit = Publish(_hub, Restricted, ("hidden-weights.bin", Hidden));
        _hub.Add(Restricted).Allow(Token).Private = true;
        _victim = Node("victim").At(_hub.Endpoint).With("HF_TOKEN", Token);
        await _victim.AddAsync(Open);
        await _victim.AddAsync(Restricted);
        await _victim.StartDaemonAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_method_and_path_and_web_pages_that_rebind_a_name_change_nothing_and_get_nothing_restricted()
    {
        var before = Contents();
        using var attacker = new Attacker(IPAddress.Parse("127.0.0.66"), _victim.Port);
        string[][] disguises = [[], ["Host: evil.example"], ["Origin: http://evil.example"], ["Sec-Fetch-Site: cross-site"]];
        var requests =
            from known in KnownPaths.All(Restricted, "hidden-weights.bin", Hidden.Sha256.Text, _commit.Text)
            from disguise in disguises
            select (known, IsPage: disguise.Length > 0, Bytes: KnownPaths.Request(known.Method, known.Path, known.Method is "POST" ? Body(known.Path) : null, disguise));

        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled }, async (request, token) =>
        {
            // What tells news goes on telling.
            var status = Loot.Take(request.Bytes, await attacker.AskAsync(request.Bytes, request.known.Path.EndsWith("follow", StringComparison.Ordinal) ? Patience / 10 : Patience, token));
            Assert.False(request.IsPage && status / 100 is 2, $"a page of somebody else got {status} for {request.known}");
            Assert.False(request.known.Path.Contains("control", StringComparison.OrdinalIgnoreCase) && status / 100 is 2 or 5, $"{status} for {request.known}");
        });

        TestContext.Current.SendDiagnosticMessage($"{Loot.Answers} requests: {string.Join(", ", Loot.Statuses.OrderBy(one => one.Key).Select(one => $"{one.Value} x {one.Key}"))}");
        Assert.Empty(Loot.Restricted);
        Assert.Equal(before, Contents());
        await TheDaemonIsWellAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Floods_and_lies_leave_it_its_memory_and_its_friends()
    {
        var friend = Node("friend").With("HF_HUB_OFFLINE", "1").Knows(_victim.Port);
        await friend.StartDaemonAsync();
        using var flood = new Attacker(IPAddress.Parse("127.0.0.66"), _victim.Port);
        using var liar = new Attacker(IPAddress.Parse("127.0.0.67"), _victim.Port);
        await flood.FloodAsync(10_000, Beginning, Cancelled);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        end.CancelAfter(LongTime);

        Task[] attacks = [PourAsync(liar), LieAsync(liar, end.Token), ReplayAsync(liar, end.Token), DripAsync(flood, end.Token), PublishLaterAsync()];
        Publish(_hub, "acme/other", ("model.bin", new PatternContent(1_000_000, seed: 42)));
        var added = await friend.AddAsync(Open, "--from", "peers");
        await Task.WhenAll(attacks);

        TestContext.Current.SendDiagnosticMessage($"{flood.Opened} connections, {liar.Opened} requests, {Loot.Answers} answers to lies: {string.Join(", ", Loot.Statuses.OrderBy(one => one.Key).Select(one => $"{one.Value} x {one.Key}"))}");
        Assert.Equal(Weights.Size + 2, added.Peer);
        Assert.InRange(flood.Opened, 5_000, 10_000);
        Assert.Empty(Loot.Restricted);
        await TheDaemonIsWellAsync();

        async Task PublishLaterAsync() => await _victim.AddAsync("acme/other");
    }

    // Nothing, half a head, a head without its end, half a body: each holds its connection for as long as it may.
    ReadOnlyMemory<byte> Beginning(int number) => (number % 4) switch
    {
        0 => default,
        1 => "GET /peer/v1/he"u8.ToArray(),
        2 => "GET /peer/v1/hello HTTP/1.1\r\nHost: hfmc\r\nX-A: "u8.ToArray(),
        _ => "POST /peer/v1/blobs HTTP/1.1\r\nHost: hfmc\r\nContent-Length: 1000000\r\n\r\n{\"etags\":["u8.ToArray(),
    };

    async Task PourAsync(Attacker attacker)
    {
        var names = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"\"{Weights.Sha256}\",", 1000)));
        byte[] chunk = [.. Encoding.ASCII.GetBytes($"{names.Length:x}\r\n"), .. names, .. "\r\n"u8];
        var poured = await Task.WhenAll(
            attacker.PourAsync("GET / HTTP/1.1\r\nHost: hfmc\r\nX-Long: "u8.ToArray(), new byte[64 << 10].Select(_ => (byte)'a').ToArray(), LongTime, Cancelled),
            attacker.PourAsync("GET / HTTP/1.1\r\nHost: hfmc\r\n"u8.ToArray(), "X-Many: a\r\n"u8.ToArray(), LongTime, Cancelled),
            attacker.PourAsync("GET /"u8.ToArray(), new byte[64 << 10].Select(_ => (byte)'a').ToArray(), LongTime, Cancelled),
            attacker.PourAsync("POST /peer/v1/blobs HTTP/1.1\r\nHost: hfmc\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), chunk, LongTime, Cancelled),
            attacker.PourAsync("POST /peer/v1/follow HTTP/1.1\r\nHost: hfmc\r\nContent-Length: 9000000000000000000\r\n\r\n{\"etags\":["u8.ToArray(), names, LongTime, Cancelled),
            attacker.PourAsync("POST /api/models/acme/open/paths-info/main HTTP/1.1\r\nHost: hfmc\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), chunk, LongTime, Cancelled));

        // What the system keeps for a socket comes on top of what is read.
        Assert.All(poured, bytes => Assert.InRange(bytes, 1, 16 << 20));
    }

    async Task LieAsync(Attacker attacker, CancellationToken end)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"lies with seed {seed}");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async liar =>
        {
            var requests = new PeerRequests(new(seed + liar), NodeId.New().Text, [Weights.Sha256, Hidden.Sha256], Hidden.Sha256.Text);
            while (!end.IsCancellationRequested)
            {
                var request = requests.Next().Bytes;
                Loot.Take(request, await attacker.AskAsync(request, Patience / 10, Cancelled));
            }
        }));
    }

    // Whoever hears an honest question may ask it again.
    async Task ReplayAsync(Attacker attacker, CancellationToken end)
    {
        var node = NodeId.New().Text;
        byte[][] heard =
        [
            KnownPaths.Request("POST", $"/peer/v1/blobs/{Weights.Sha256}/complaint", """{"start":0,"end":1000}""", $"X-Hfmc-Node: {node}"),
            KnownPaths.Request("POST", "/peer/v1/follow", $$"""{"etags":["{{Weights.Sha256}}"],"port":9}""", $"X-Hfmc-Node: {node}"),
            KnownPaths.Request("POST", "/peer/v1/bundle", $$"""{"etags":["{{Hidden.Sha256}}"]}""", $"X-Hfmc-Node: {node}"),
        ];
        for (var i = 0; !end.IsCancellationRequested; i++)
            Loot.Take(heard[i % 3], await attacker.AskAsync(heard[i % 3], Patience / 20, Cancelled));
    }

    static async Task DripAsync(Attacker attacker, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            attacker.Drip();
            await Task.Delay(500, CancellationToken.None);
        }
    }

    async Task TheDaemonIsWellAsync()
    {
        var pid = _victim.DaemonPid;
        var status = await _victim.StatusAsync();
        Assert.Equal(pid, status.GetProperty("pid").GetInt32());
        var memory = (await File.ReadAllLinesAsync($"/proc/{pid}/status", Cancelled)).Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Assert.InRange(long.Parse(memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024, 1, MostMemory);
        TestContext.Current.SendDiagnosticMessage($"most memory of the daemon: {memory}");
        var log = await File.ReadAllTextAsync(Directory.GetFiles(_victim.Environment["XDG_RUNTIME_DIR"], "daemon.log", SearchOption.AllDirectories).Single(), Cancelled);
        Assert.DoesNotContain("nhandled", log);
        Assert.InRange(log.Length, 1, 1 << 20);
        using var http = new HttpClient();
        Assert.Equal(Weights.ToArray(), await http.GetByteArrayAsync(new Uri(_victim.Endpoint, $"/peer/v1/blobs/{Weights.Sha256}"), Cancelled));
    }

    // Settings, peers, models and records; not the log, and not the chunk lists that the daemon makes by itself.
    string[] Contents() =>
        [.. Directory.GetFiles(_victim.Home, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => !file.Contains("/run/", StringComparison.Ordinal) && !file.Contains("/chunks/", StringComparison.Ordinal))
            .Select(file => $"{file} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}")];

    string Body(string path) => path switch
    {
        _ when path.EndsWith("add", StringComparison.Ordinal) => $$"""{"repo_type":"model","repo":"{{Restricted}}","revision":"main","files":[],"include":[],"exclude":[],"upstreams":[]}""",
        _ when path.EndsWith("cancel", StringComparison.Ordinal) => $$"""{"repo_type":"model","repo":"{{Restricted}}"}""",
        _ when path.EndsWith("complaint", StringComparison.Ordinal) => """{"start":0,"end":1000}""",
        _ when path.Contains("paths-info", StringComparison.Ordinal) => """{"paths":["hidden-weights.bin"],"expand":true}""",
        _ => $$"""{"etags":["{{Hidden.Sha256}}"],"port":9}""",
    };
}
