using System.Net;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Daemon;

/// <summary>Who is dealt with, and who is not any more.</summary>
public sealed class ConductTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(3_000_000, seed: 12);

    [Fact]
    public async Task A_peer_that_sends_wrong_bytes_is_left_alone_and_shown_with_what_it_did()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights), ("config.json", BytesContent.Of("{}")));
        var peer = Keep(await TestPeer.StartAsync(Cancelled));
        peer.Share(hub.Add(Repo), commit, "main");
        peer.Raw["/blobs"] = """{"blobs":[{"etag":7}]}""";
        var node = Node("lone").At(hub.Endpoint).Knows(peer.Address);
        await node.StartDaemonAsync();

        await node.AddAsync(Repo);
        await node.AddAsync(Repo, "--force");
        await node.AddAsync(Repo, "--force");
        var asked = peer.Requests.Count;
        await node.AddAsync(Repo, "--force");

        Assert.Equal(asked, peer.Requests.Count);
        var misdeed = Assert.Single((await node.StatusAsync()).GetProperty("misdeeds").EnumerateArray());
        Assert.Equal($"peer {peer.Address}", misdeed.GetProperty("source").GetString());
        Assert.True(misdeed.GetProperty("times").GetInt32() >= 2);
        var listed = Assert.Single((await node.RunAsync("peer", "ls", "--json")).Json.EnumerateArray());
        Assert.Contains("not the JSON expected", listed.GetProperty("misdeed").GetString());
        Assert.True(listed.GetProperty("rests_until").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        Assert.Contains("the daemon does not ask it until", (await node.RunAsync("peer", "ls")).Stderr);
        Assert.Contains("not asked until", (await node.RunAsync("daemon", "status")).Stdout);
    }

    [Fact]
    public async Task Allowed_and_denied_networks_hold_from_the_moment_they_are_set()
    {
        var node = Node("lone");
        await node.StartDaemonAsync();
        using var http = new HttpClient();

        var refused = (await node.RunAsync("conf", "allow", "set", "0.0.0.0/0")).Ended(2);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Endpoint, "/peer/v1/hello"), Cancelled)).StatusCode);
        var denied = (await node.RunAsync("conf", "deny", "set", "127.0.0.0/8")).Succeeded();
        var answer = await http.GetAsync(new Uri(node.Endpoint, "/peer/v1/hello"), Cancelled);
        (await node.RunAsync("conf", "deny", "reset")).Succeeded();

        Assert.Contains("is a large part of the internet", refused.Stderr);
        Assert.DoesNotContain("restart", denied.Stderr);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Endpoint, "/peer/v1/hello"), Cancelled)).StatusCode);
        Assert.Equal("127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 ::1/128 fe80::/10 fc00::/7", (await node.RunAsync("conf", "allow", "get")).Stdout.Trim().ReplaceLineEndings(" "));
    }
}
