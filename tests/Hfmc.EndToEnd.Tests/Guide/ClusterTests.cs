using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>Two machines, one with a right to read a repo and one without: who gets what, and from where.</summary>
public sealed class ClusterTests : NodeTest
{
    const string Repo = "acme/model", Token = "hf_secretsecretsecretsecretsecret";

    // A big file in large file storage, one that fits into a bundle, and one that git holds itself.
    static readonly PatternContent Weights = new(5_000_000, seed: 41), Small = new(40_000, seed: 42);

    static readonly BytesContent Config = BytesContent.Of("{}");

    static long Size => Weights.Size + Small.Size + Config.Size;

    FakeHub _hub = null!;
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        _commit = Publish(_hub, Repo, ("config.json", Config), ("model.bin", Weights), ("small.bin", Small));
        _hub.Add(Repo).Allow(Token);
    }

    /// <summary>Kind of repo; where the asker stands; its rights; exit code; whether a peer gives all, or the upstream, or nobody.</summary>
    public static TheoryData<string, string, bool, int, string> Cases => new()
    {
        { "public", "no cluster", false, 0, "peer" },
        { "public", "same cluster", false, 0, "peer" },
        { "gated", "no cluster", false, 4, "" },
        { "gated", "no cluster", true, 0, "hub" },
        { "gated", "same cluster", true, 0, "peer" },
        { "gated", "same cluster", false, 0, "peer" },
        { "gated", "another cluster", false, 4, "" },
        { "gated", "another cluster", true, 0, "hub" },
        { "gated", "removed", false, 4, "" },
        { "gated", "removed", true, 0, "hub" },
        { "private", "no cluster", false, 3, "" },
        { "private", "no cluster", true, 0, "hub" },
        { "private", "same cluster", false, 0, "peer" },
        { "private", "same cluster", true, 0, "peer" },
        { "private", "another cluster", false, 3, "" },
        { "private", "removed", false, 3, "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Who_gets_what(string kind, string standing, bool hasRights, int exitCode, string source)
    {
        (_hub.Add(Repo).Gated, _hub.Add(Repo).Private) = (kind is "gated", kind is "private");
        var (seed, taker) = await TwoAsync(standing);
        await LoginAsync(seed);
        if (hasRights)
            await LoginAsync(taker);
        Assert.Equal(Size, (await seed.AddAsync(Repo)).Hub);
        var served = _hub.BytesServed();

        var told = (await taker.RunAsync("model", "add", "-r", Repo, "--json")).Ended(exitCode);

        if (source is "")
        {
            Assert.Equal(served, _hub.BytesServed());
            Assert.DoesNotContain(Directory.GetFiles(taker.Home, "*", SearchOption.AllDirectories), file => file.Contains("/blobs/", StringComparison.Ordinal));
            return;
        }
        var added = new Added(told.Json);
        Assert.Equal((Size, Size), (source is "peer" ? added.Peer : added.Hub, added.Sum));
        Assert.Equal(source is "peer" ? served : served + Size, _hub.BytesServed());
        Assert.Equal(Weights.ToArray(), taker.Read(Repo, _commit, "model.bin"));
        Assert.DoesNotContain(_hub.Requests, request => request.Side is HubSide.Cdn && request.Authorization is not null);
    }

    [Fact]
    public async Task Members_share_when_no_upstream_answers_and_others_hear_of_nothing()
    {
        _hub.Add(Repo).Private = true;
        var (seed, taker) = await TwoAsync("same cluster");
        var stranger = Node("stranger").At(_hub.Endpoint).Knows(seed.Port);
        await stranger.StartDaemonAsync();
        await LoginAsync(seed);
        await seed.AddAsync(Repo);
        await _hub.StopAsync();

        var added = await taker.AddAsync(Repo);
        (await stranger.RunAsync("model", "add", "-r", Repo, "--json")).Ended(5);

        Assert.Equal((Size, "peers"), (added.Peer, added.Metadata));
        Assert.Equal(Weights.ToArray(), taker.Read(Repo, _commit, "model.bin"));
    }

    [Fact]
    public async Task What_was_put_there_without_a_label_is_shown_to_members_and_to_no_stranger_and_imports_as_said()
    {
        var (seed, taker) = await TwoAsync("same cluster");
        var stranger = Node("stranger").With("HF_HUB_OFFLINE", "1").Knows(seed.Port);
        await stranger.StartDaemonAsync();
        await File.WriteAllBytesAsync(Place.File("own/model.bin"), Small.ToArray(), Cancelled);
        (await seed.RunAsync("model", "import", Place.Folder("own"), "-r", "own/private", "--private")).Succeeded();
        // As Python leaves it: files and a ref, and no word of who may see them.
        await LoginAsync(seed);
        await seed.AddAsync(Repo);
        Directory.Delete(Path.Combine(seed.CacheRoot, "state"), recursive: true);
        (await seed.RunAsync("daemon", "restart")).Succeeded();

        (await stranger.RunAsync("model", "add", "-r", "own/private", "--json")).Ended(5);
        (await stranger.RunAsync("model", "add", "-r", Repo, "--json")).Ended(5);
        var shared = await taker.With("HF_HUB_OFFLINE", "1").AddAsync(Repo);

        Assert.Equal((Size, "peers"), (shared.Peer, shared.Metadata));
    }

    [Fact]
    public async Task Many_members_fetch_a_restricted_repo_once_together()
    {
        _hub.Add(Repo).Gated = true;
        var nodes = Enumerable.Range(0, 3).Select(i => Node($"node{i}").At(_hub.Endpoint)).ToList();
        var code = (await nodes[0].RunAsync("cluster", "new")).Succeeded().LastLine;
        foreach (var node in nodes)
        {
            await LoginAsync(node);
            if (node != nodes[0])
                await JoinAsync(node, code);
            node.Knows([.. nodes.Where(other => other != node).Select(other => other.Port)]);
            await node.StartDaemonAsync();
        }

        var added = await Task.WhenAll(nodes.Select(node => node.AddAsync(Repo)));

        Assert.All(added, one => Assert.Equal(Size, one.Sum));
        // Who begins before it has met the others fetches some of it again, but not all three all of it.
        Assert.InRange(_hub.BytesServed(), Size, 2 * Size);
        Assert.All(nodes, node => Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin")));
    }

    [Fact]
    public async Task The_commands_say_who_is_in_and_never_take_the_code_as_an_argument()
    {
        var (seed, taker) = await TwoAsync("same cluster");
        var code = ClusterFileOf(seed);

        var refused = (await Node("third").RunAsync("cluster", "join", code)).Ended(2);
        var wrong = (await JoinAsync(Node("fourth"), "abcd-abcd")).Ended(2);
        var twice = (await JoinAsync(taker, code)).Ended(2);
        var listed = (await taker.RunAsync("cluster", "ls", "--json")).Succeeded().Json.EnumerateArray().ToList();
        var id = IdOf(seed);
        (await taker.RunAsync("cluster", "remove", id[..8])).Succeeded();
        var after = (await taker.RunAsync("cluster", "ls", "--json")).Succeeded().Json.EnumerateArray().Select(line => line.GetProperty("state").GetString()).ToList();
        (await taker.RunAsync("cluster", "leave")).Succeeded();
        (await taker.RunAsync("cluster", "ls")).Ended(3);

        Assert.DoesNotContain(code, refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("'hfmc cluster new'", wrong.Stderr);
        Assert.Contains("in a cluster already", twice.Stderr);
        Assert.Equal(["this machine", "member"], listed.Select(line => line.GetProperty("state").GetString()));
        Assert.Equal(id, listed[1].GetProperty("node").GetString());
        Assert.Equal(["this machine", "no member, or silent", "removed"], after);
    }

    // Both run; the taker knows the seed as a peer.
    async Task<(HfmcNode Seed, HfmcNode Taker)> TwoAsync(string standing)
    {
        var (seed, taker) = (Node("seed").At(_hub.Endpoint), Node("taker").At(_hub.Endpoint));
        taker.Knows(seed.Port);
        if (standing is not "no cluster")
        {
            var code = (await seed.RunAsync("cluster", "new")).Succeeded().LastLine;
            if (standing is "another cluster")
                (await taker.RunAsync("cluster", "new")).Succeeded();
            else
                (await JoinAsync(taker, code)).Succeeded();
        }
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();
        if (standing is "removed")
            (await seed.RunAsync("cluster", "remove", IdOf(taker))).Succeeded();
        return (seed, taker);
    }

    static string ClusterFileOf(HfmcNode node) =>
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(Assert.Single(Directory.GetFiles(node.Home, "cluster.json", SearchOption.AllDirectories)))).RootElement.GetProperty("code").GetString()!;

    static string IdOf(HfmcNode node) => new NodeIdentity(HomePaths.From(new(node.Environment))).ReadOrCreate().Id.Text;

    Task<Told> JoinAsync(HfmcNode node, string code) => node.Start("cluster", "join").Type(code + "\n").EndAsync(Cancelled);

    async Task LoginAsync(HfmcNode node) =>
        (await node.Start("auth", "login", "--token", "-").Type(Token + "\n").EndAsync(Cancelled)).Succeeded();
}
