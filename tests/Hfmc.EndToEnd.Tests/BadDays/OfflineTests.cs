using System.Net;
using System.Net.Sockets;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>No source, or none that tells the truth.</summary>
public sealed class OfflineTests : NodeTest
{
    static readonly PatternContent Weights = new(3_000_000, seed: 6);

    [Fact]
    public async Task Offline_what_the_cache_has_is_enough_and_what_it_lacks_is_exit_5()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync("acme/tiny");
        var before = hub.Requests.Count;
        node.With("HF_HUB_OFFLINE", "1");

        var added = await node.AddAsync("acme/tiny");
        var missing = (await node.RunAsync("model", "add", "-r", "acme/other", "--json")).Ended(5);

        Assert.Equal(added.Bytes, added.Disk);
        Assert.Equal("", (await node.RunAsync("model", "add", "-r", "acme/tiny", "--quiet")).Succeeded().Stderr);
        Assert.Contains("hfmc peer add", missing.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(before, hub.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_a_peer_took_alone_of_a_big_repo_is_had_from_it_and_the_rest_is_exit_5(bool byCommit)
    {
        var hub = await HubAsync();
        var files = Enumerable.Range(0, 1001).Select(number => ($"part-{number:D4}.bin", (FileContent)BytesContent.Of($"{number}"))).ToArray();
        var commit = Publish(hub, "acme/big", files);
        var seed = Node("seed").At(hub.Endpoint);
        await seed.AddAsync("acme/big", "-f", "part-0007.bin");
        await seed.StartDaemonAsync();
        await hub.StopAsync();
        var node = Node("lone").With("HF_HUB_OFFLINE", "1").Knows(seed.Port);
        await node.StartDaemonAsync();
        var revision = byCommit ? commit.Text : "main";

        var added = await node.AddAsync("acme/big", "-v", revision, "-f", "part-0007.bin");
        var whole = (await node.RunAsync("model", "add", "-r", "acme/big", "-v", revision, "--json")).Ended(5);
        (await node.RunAsync("model", "add", "-r", "acme/big", "-v", revision, "-f", "part-0008.bin", "--json")).Ended(5);
        var listed = (await node.RunAsync("model", "ls")).Succeeded();
        var found = (await node.RunAsync("model", "search", "-r", "acme/big")).Succeeded();

        Assert.Equal((1, "peers"), (added.Peer, added.Metadata));
        Assert.Equal("7"u8.ToArray(), node.Read("acme/big", commit, "part-0007.bin"));
        Assert.Contains("only some of its files", whole.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Contains("in part", listed.Stdout);
        Assert.Contains("in part", found.Stdout);
    }

    [Fact]
    public async Task Bytes_that_are_wrong_everywhere_end_with_6_and_are_not_kept()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, "acme/bent", ("model.bin", Weights));
        hub.Faults.Add(new Fault(FaultKind.FlippedBit, 1_000_000) { Path = "model.bin", Side = HubSide.Cdn });
        var node = Node("lone").At(hub.Endpoint);

        var error = (await node.RunAsync("model", "add", "-r", "acme/bent", "--json")).Ended(6).Json.GetProperty("error");

        Assert.Contains("model.bin", error.GetProperty("message").GetString());
        Assert.False(File.Exists(node.Cache.Repo(Core.Repos.RepoId.Parse("acme/bent")).BlobFile(Weights.Sha256)));
        Assert.False(Directory.Exists(Path.Combine(node.CacheRoot, "hub", "models--acme--bent", "refs", "main")));
        hub.Faults.Clear();
        await node.AddAsync("acme/bent");
        Assert.Equal(Weights.ToArray(), node.Read("acme/bent", commit, "model.bin"));
    }

    [Fact]
    public async Task A_source_that_stops_giving_ends_with_5_after_the_patience_and_keeps_what_came()
    {
        var hub = await HubAsync();
        Publish(hub, "acme/slow", ("model.bin", Weights));
        hub.Faults.Add(new Fault(FaultKind.CloseAfter, 0) { Side = HubSide.Cdn, After = 1 });
        var node = Node("lone").At(hub.Endpoint);

        (await node.RunAsync("model", "add", "-r", "acme/slow", "--patience", "2s", "--json")).Ended(5);
        hub.Faults.Clear();
        var added = await node.AddAsync("acme/slow");

        Assert.InRange(added.Disk, 1, Weights.Size - 1);
        Assert.Equal(Weights.Size, added.Sum);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_an_upstream_that_is_away_what_is_here_is_given_with_one_line_and_what_is_not_is_exit_5(bool withDaemon)
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{}")));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync("acme/tiny");
        await hub.StopAsync();
        if (withDaemon)
            await node.StartDaemonAsync();

        for (var i = 0; i < 2; i++)
        {
            var told = (await node.RunAsync("model", "add", "-r", "acme/tiny", "--json")).Succeeded();
            Assert.Equal("cache", told.Json.GetProperty("metadata").GetString());
            Assert.InRange(told.Json.GetProperty("ref_age_s").GetDouble(), 0, 600);
            Assert.Matches("^[^\n]* is not reached [^\n]*; using acme/tiny@main as it is here, seen [0-9]+ s ago\n$", told.Stderr);
        }
        var missing = (await node.RunAsync("model", "add", "-r", "acme/other")).Ended(5);
        Assert.Contains("is not reached", missing.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_it_tries_again_the_reason_is_on_the_screen(bool withDaemon)
    {
        var hub = await HubAsync();
        Publish(hub, "acme/tiny", ("config.json", BytesContent.Of("{}")));
        hub.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/", Times = 1 });
        var node = Node("lone").At(hub.Endpoint);
        if (withDaemon)
            await node.StartDaemonAsync();

        var told = (await node.RunAsync("model", "add", "-r", "acme/tiny")).Succeeded();

        Assert.Matches("acme/tiny: .* has trouble \\(503\\); trying again in [12] s, giving up after [0-9]+ s\n", told.Stderr);
    }

    [Fact]
    public async Task An_upstream_that_refuses_connections_is_exit_5_within_the_time_for_metadata()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        (await Node("lone").At(new($"http://127.0.0.1:{port}")).RunAsync("model", "add", "-r", "acme/tiny", "--json")).Ended(5);
    }
}
