using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>What a command takes along when it hands its work to the daemon, and when it does the work itself.</summary>
public sealed class CommandAndDaemonTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(2_000_000, seed: 12);

    [Fact]
    public async Task The_commands_own_sources_are_used_for_its_request_alone()
    {
        var (daemons, commands) = (await HubAsync(), await HubAsync());
        Publish(daemons, Repo, ("a.txt", BytesContent.Of("a")));
        Publish(commands, Repo, ("model.bin", Weights));
        var node = Node("lone").At(daemons.Endpoint);
        await node.StartDaemonAsync();

        var own = await node.At(commands.Endpoint).AddAsync(Repo);
        var next = await node.At(daemons.Endpoint).AddAsync(Repo);

        Assert.Equal((Weights.Size, 1), (own.Hub, next.Hub));
        Assert.True((await node.StatusAsync()).GetProperty("fetched_bytes").GetInt64() >= Weights.Size);
    }

    [Fact]
    public async Task One_daemon_answers_command_after_command()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.StartDaemonAsync();

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(Weights.Size, (await node.AddAsync(Repo)).Hub);
            Assert.Equal(Weights.Size, (await node.AddAsync(Repo)).Disk);
            (await node.RunAsync("model", "rm", "-r", Repo, "-y")).Succeeded();
        }

        Assert.Equal(3 * Weights.Size, (await node.StatusAsync()).GetProperty("fetched_bytes").GetInt64());
    }

    [Fact]
    public async Task With_another_cache_the_command_works_alone_and_says_so()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.StartDaemonAsync();

        var told = (await node.With("HFMC_CACHE", Place.Folder("other")).RunAsync("model", "add", "-r", Repo)).Succeeded();

        Assert.Contains("the daemon uses another cache", told.Stderr);
        Assert.StartsWith(Place.Folder("other"), told.LastLine);
        Assert.False(Directory.Exists(Path.Combine(node.Home, ".cache", "hfmc", "hub", "models--acme--tiny")));
    }

    [Fact]
    public async Task A_running_daemon_takes_a_peer_at_once_and_serves_counted_bytes()
    {
        var hub = await HubAsync();
        Publish(hub, Repo, ("model.bin", Weights));
        var (seed, taker) = (Node("seed").At(hub.Endpoint), Node("taker").At(hub.Endpoint));
        await seed.AddAsync(Repo);
        await seed.StartDaemonAsync();
        await taker.StartDaemonAsync();
        (await taker.RunAsync("peer", "add", "127.0.0.1", "-p", $"{seed.Port}")).Succeeded();

        var listed = Assert.Single((await taker.RunAsync("peer", "ls", "--json")).Succeeded().Json.EnumerateArray());
        var added = await taker.AddAsync(Repo);

        Assert.True(listed.GetProperty("alive").GetBoolean());
        Assert.Equal(1, listed.GetProperty("repos").GetInt32());
        Assert.Equal(Weights.Size, added.Peer);
        Assert.Equal(Weights.Size, (await seed.StatusAsync()).GetProperty("served_bytes").GetInt64());
        Assert.Equal(Weights.Size, (await taker.StatusAsync()).GetProperty("fetched_bytes").GetInt64());
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_is_added_with_a_warning_and_oneself_never()
    {
        var node = Node("lone");
        await node.StartDaemonAsync();

        var silent = (await node.RunAsync("peer", "add", "127.0.0.1:9", "--json")).Succeeded();
        var self = (await node.RunAsync("peer", "add", "localhost", "-p", $"{node.Port}", "--json")).Ended(2);

        Assert.Contains("warning", silent.Stderr);
        Assert.Contains("this machine", self.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(1, (await node.RunAsync("peer", "ls", "--json")).Succeeded().Json.GetArrayLength());
    }

    [Fact]
    public async Task A_peer_that_was_silent_for_one_command_is_given_a_moment_by_the_next_ones()
    {
        var node = Node("lone");
        await using var mute = await TestPeer.StartAsync(TestContext.Current.CancellationToken);
        mute.IsMute = true;
        var address = $"{mute.Address}";

        var added = (await node.RunAsync("peer", "add", address)).Succeeded();
        var listed = Assert.Single((await node.RunAsync("peer", "ls", "--json")).Succeeded().Json.EnumerateArray());
        var searched = (await node.RunAsync("model", "search", "-r", Repo)).Ended(3);
        var addedAgain = (await node.RunAsync("peer", "add", address)).Succeeded();

        Assert.False(listed.GetProperty("alive").GetBoolean());
        Assert.Contains("was given a moment only", listed.GetProperty("error").GetString());
        Assert.Contains("was given a moment only", searched.Stderr);
        foreach (var inFull in (Told[])[added, addedAgain])
            Assert.Contains("did not answer in time", inFull.Stderr);
    }

    [Fact]
    public async Task A_blob_that_rotted_is_found_and_repaired()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.AddAsync(Repo);
        await using (var blob = File.OpenWrite(node.Cache.Repo(Core.Repos.RepoId.Parse(Repo)).BlobFile(Weights.Sha256)))
            blob.Write("rotten"u8);

        var found = await node.RunAsync("model", "verify", "--json");
        (await node.RunAsync("model", "verify", "--repair")).Succeeded();

        Assert.Equal("model.bin", Assert.Single(found.Json.GetProperty("wrong").EnumerateArray()).GetProperty("file").GetString());
        Assert.Equal(6, found.ExitCode);
        Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "model.bin"));
    }
}
