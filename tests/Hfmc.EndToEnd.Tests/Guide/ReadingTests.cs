using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>Two machines without a cluster: who may read a repo gets its large files from the other one, who may not gets nothing.</summary>
public sealed class ReadingTests : NodeTest
{
    const string Repo = "acme/model", Token = "hf_secretsecretsecretsecretsecret";

    static readonly PatternContent Weights = new(20_000_000, seed: 71);

    static readonly BytesContent Config = BytesContent.Of("{}");

    // 32 places of 256 bytes.
    const long Read = 8192;

    FakeHub _hub = null!;
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        _commit = Publish(_hub, Repo, ("config.json", Config), ("model.bin", Weights));
        _hub.Add(Repo).Allow(Token);
    }

    [Theory]
    [InlineData("gated")]
    [InlineData("private")]
    public async Task Who_may_read_it_takes_the_large_files_from_the_other_machine(string kind)
    {
        Restrict(kind);
        var (seed, taker) = await TwoAsync();
        await LoginAsync(taker);
        await seed.AddAsync(Repo);
        var served = _hub.BytesServed();

        var added = await taker.AddAsync(Repo);

        Assert.Equal((Weights.Size, Config.Size), (added.Peer, added.Hub));
        Assert.Equal(served + Read + Config.Size, _hub.BytesServed());
        Assert.Equal(Weights.ToArray(), taker.Read(Repo, _commit, "model.bin"));
        Assert.DoesNotContain(_hub.Requests, request => request.Side is HubSide.Cdn && request.Authorization is not null);
    }

    [Theory]
    [InlineData("gated", "never had any", 4)]
    [InlineData("gated", "lost since", 4)]
    [InlineData("private", "never had any", 3)]
    [InlineData("private", "lost since", 3)]
    public async Task Who_has_no_rights_gets_nothing(string kind, string rights, int exitCode)
    {
        Restrict(kind);
        var (seed, taker) = await TwoAsync();
        await seed.AddAsync(Repo);
        if (rights is "lost since")
        {
            await LoginAsync(taker);
            await taker.AddAsync(Repo);
            (await taker.RunAsync("model", "rm", "-r", Repo, "-y")).Succeeded();
            _hub.Add(Repo).Forbid(Token);
        }
        var (served, sent) = (_hub.BytesServed(), await SentAsync(seed));

        (await taker.RunAsync("model", "add", "-r", Repo, "--json")).Ended(exitCode);

        Assert.Equal((served, sent), (_hub.BytesServed(), await SentAsync(seed)));
        Assert.DoesNotContain(Directory.GetFiles(taker.Home, "*", SearchOption.AllDirectories), file => file.Contains("/blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_Python_put_there_without_a_label_is_fetched_from_upstream()
    {
        Restrict("gated");
        var (seed, taker) = await TwoAsync();
        await LoginAsync(taker);
        await seed.AddAsync(Repo);
        (await seed.RunAsync("daemon", "stop")).Succeeded();
        Directory.Delete(Path.Combine(seed.CacheRoot, "state"), recursive: true);
        await seed.StartDaemonAsync();

        var added = await taker.AddAsync(Repo);

        Assert.Equal((0, added.Bytes), (added.Peer, added.Hub));
    }

    [Fact]
    public async Task Where_TLS_is_off_nothing_is_proven_and_the_upstream_gives_all()
    {
        Restrict("gated");
        var (seed, taker) = await TwoAsync("""{ "tls": "off" }""");
        await LoginAsync(taker);
        await seed.AddAsync(Repo);

        var added = await taker.AddAsync(Repo);

        Assert.Equal((0, added.Bytes), (added.Peer, added.Hub));
    }

    [Fact]
    public async Task Machines_that_may_all_read_it_and_begin_together_fetch_it_once()
    {
        Restrict("gated");
        List<HfmcNode> nodes = [.. Enumerable.Range(0, 3).Select(i => Node($"node{i}").At(_hub.Endpoint))];
        foreach (var node in nodes)
        {
            await LoginAsync(node);
            node.Knows([.. nodes.Where(other => other != node).Select(other => other.Port)]);
            await node.StartDaemonAsync();
        }

        var added = await Task.WhenAll(nodes.Select(node => node.AddAsync(Repo)));

        Assert.All(added, one => Assert.Equal(Weights.Size + Config.Size, one.Sum));
        Assert.All(nodes, node => Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin")));
        // Who is asked for a proof before it has begun itself shares nothing; the others do, and each of them both ways.
        Assert.InRange(_hub.BytesServed(Weights.Sha256), Weights.Size, (5 * Weights.Size) / 2);
    }

    void Restrict(string kind) => (_hub.Add(Repo).Gated, _hub.Add(Repo).Private) = (kind is "gated", kind is "private");

    static async Task<long> SentAsync(HfmcNode node) => (await node.StatusAsync()).GetProperty("served_bytes").GetInt64();

    async Task<(HfmcNode Seed, HfmcNode Taker)> TwoAsync(string seeds = "{}")
    {
        var (seed, taker) = (Node("seed").At(_hub.Endpoint).Configured(seeds), Node("taker").At(_hub.Endpoint));
        taker.Knows(seed.Port);
        await LoginAsync(seed);
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();
        return (seed, taker);
    }

    async Task LoginAsync(HfmcNode node) =>
        (await node.Start("auth", "login", "--token", "-").Type(Token + "\n").EndAsync(Cancelled)).Succeeded();
}
