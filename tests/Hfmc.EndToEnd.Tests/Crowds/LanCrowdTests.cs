using System.Diagnostics;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Crowds;

/// <summary>Crowds on hosts with links of their own speeds: what the laboratory measures, small. On loopback the same is in <see cref="ColdCrowdTests"/>.</summary>
public sealed class LanCrowdTests : NodeTest
{
    const string Repo = "acme/big", Origin = "origin", Seed = "seed";

    // Pieces that two machines begin before they have heard of each other; without a crowd each would fetch all.
    const int Size = 16_000_000, Duplicates = 6_000_000;

    static readonly string[] s_hosts = ["n1", "n2", "n3", "n4"];

    NamespaceLan _lan = null!;
    LanOrigin _origin = null!;

    [Fact]
    public async Task A_cold_crowd_takes_one_copy_over_the_thin_line()
    {
        await MakeAsync(speed: 40);
        var nodes = await CrowdAsync();

        await Task.WhenAll(nodes.Select(node => node.AddAsync(Repo)));

        Assert.All(nodes, IsWhole);
        Assert.InRange(await _origin.ServedAsync(Cancelled), Size, Size + Duplicates);
    }

    [Fact]
    public async Task One_warm_peer_is_enough_when_the_line_is_cut()
    {
        await MakeAsync(speed: 200, Seed);
        var seed = Host(Seed);
        await seed.StartDaemonAsync();
        await seed.AddAsync(Repo);
        var nodes = await CrowdAsync(seed);
        foreach (var node in nodes)
            await node.AddAsync(Repo, "-f", "config.json");
        _origin.Kill();
        // The seed gives next to nothing until all of them are at work: who begins alone has to take all from it.
        (await seed.RunAsync("conf", "limit.up", "set", "100kB/s")).Succeeded();

        var adding = nodes.Select(node => node.Start("model", "add", "-r", Repo, "--json")).ToList();
        foreach (var node in nodes)
            await UntilAsync(async () => (await node.StatusAsync()).GetProperty("transfers").EnumerateArray().Any());
        (await seed.RunAsync("conf", "limit.up", "set", "off")).Succeeded();
        var added = (await Task.WhenAll(adding.Select(command => command.EndAsync(Cancelled)))).Select(told => new Added(told.Succeeded().Json)).ToList();

        Assert.All(nodes, IsWhole);
        Assert.All(added, one => Assert.True(one.Peer >= Size, $"only {one.Peer} bytes came from peers"));
        var served = (await seed.StatusAsync()).GetProperty("served_bytes").GetInt64();
        Assert.True(served < 2 * Size, $"the seed sent {served} bytes: the others gave each other too little");
    }

    [Fact]
    public async Task Who_is_killed_at_half_way_leaves_its_work_to_the_others()
    {
        await MakeAsync(speed: 40);
        var nodes = await CrowdAsync();

        var adding = nodes.Select(node => node.Start("model", "add", "-r", Repo, "--json")).ToList();
        await UntilAsync(async () => await _origin.ServedAsync(Cancelled) > Size / 2);
        await nodes[1].KillDaemonAsync();
        var told = await Task.WhenAll(adding.Select(command => command.EndAsync(Cancelled)));

        foreach (var alive in new[] { 0, 2, 3 })
        {
            told[alive].Succeeded();
            IsWhole(nodes[alive]);
        }
    }

    [Fact]
    public async Task What_the_machines_hold_together_is_enough_when_the_origin_dies()
    {
        await MakeAsync(speed: 40);
        var nodes = await CrowdAsync();

        var adding = nodes.Select(node => node.Start("model", "add", "-r", Repo, "--json")).ToList();
        await UntilAsync(() => Together(nodes) == Size);
        _origin.Kill();
        var told = await Task.WhenAll(adding.Select(command => command.EndAsync(Cancelled)));

        Assert.All(told, one => one.Succeeded());
        Assert.All(nodes, IsWhole);
    }

    [Theory]
    [InlineData("sent wrong bytes", "flip", "--every", "1000000")] // So many that no luck hides them: two may send the same piece, and then none is to blame.
    [InlineData("instead of", "size")]
    [InlineData(null, "withhold")] // Named after 20 s of silence; by then this small blob is here.
    [InlineData("did not answer", "mute")]
    public async Task A_liar_is_named_and_nothing_wrong_is_kept(string? reproach, params string[] lie)
    {
        await MakeAsync(speed: 20, "liar");
        var liar = Host("liar").With("HFMC_BIND", "127.0.0.1");
        await liar.StartDaemonAsync();
        await liar.AddAsync(Repo);
        var address = _lan.Address("liar");
        using var proxy = Process.Start(ProxyOf(liar, lie))!;
        Assert.Equal("ready", await proxy.StandardOutput.ReadLineAsync(Cancelled));
        var nodes = await CrowdAsync(liar);

        var told = await Task.WhenAll(nodes.Select(node => node.RunAsync("model", "add", "-r", Repo, "--json")));

        Assert.All(told, one => one.Succeeded());
        Assert.All(nodes, IsWhole);
        if (reproach is not null)
            Assert.Contains(told, one => one.Stderr.Split('\n').Any(line => line.Contains($"{address}", StringComparison.Ordinal) && line.Contains(reproach, StringComparison.Ordinal)));
    }

    ProcessStartInfo ProxyOf(HfmcNode target, string[] lie)
    {
        var start = _lan.Inside("liar", new(BuiltProgram.Of("Hfmc.TestProxy", "hfmc-testproxy"),
            [$"{_lan.Address("liar")}:{target.Port}", $"127.0.0.1:{target.Port}", .. lie]));
        start.RedirectStandardOutput = true;
        return start;
    }

    async Task MakeAsync(int speed, params string[] more)
    {
        var (lan, reason) = await NamespaceLan.TryMakeAsync(
            [(Origin, speed), .. s_hosts.Concat(more).Select(host => (host, 200))]);
        Assert.SkipWhen(lan is null, reason);
        _lan = Keep(lan!);
        _origin = await LanOrigin.StartAsync(_lan, Origin, Repo, Size, Cancelled);
    }

    /// <summary>Each is told of the first one only, and of those that are named.</summary>
    async Task<HfmcNode[]> CrowdAsync(params HfmcNode[] known)
    {
        var nodes = s_hosts.Select(Host).ToArray();
        foreach (var node in nodes)
        {
            node.Knows([.. known.Prepend(nodes[0]).Where(other => other != node).Select(other => new PeerAddress($"{_lan.Address(other.On!.Value.Host)}", other.Port))]);
            await node.StartDaemonAsync();
        }
        return nodes;
    }

    HfmcNode Host(string name) => Keep(new HfmcNode(Path.Combine(Place.Path, name), name) { On = (_lan, name) }).At(_origin.Endpoint);

    // By their journals, which are a step behind at most.
    long Together(IEnumerable<HfmcNode> nodes)
    {
        var all = new RangeSet();
        Assert.True(ETag.TryParse(_origin.ETag, out var etag));
        foreach (var node in nodes)
            foreach (var range in File.Exists(BlobOf(node)) ? [ByteRange.Whole(Size)] : PartialBlob.OnDisk(node.Cache.PartialFolder, new(etag, Size)).Ranges)
                all.Add(range);
        return all.Length;
    }

    string BlobOf(HfmcNode node) => Path.Combine(node.CacheRoot, "hub", "models--acme--big", "blobs", _origin.ETag);

    // The blob's own digest is its name.
    void IsWhole(HfmcNode node) =>
        Assert.Equal(_origin.ETag, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(BlobOf(node)))));
}
