using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Access;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

public sealed class DoorkeeperTests
{
    const string Peer = "/peer/v1/hello", Hub = "/api/models/acme/tiny", Control = "/control/status";

    static readonly NodeId s_self = NodeId.New();

    [Theory]
    [InlineData("127.0.0.1", Peer, 200)]
    [InlineData("192.168.1.7", Peer, 200)]
    [InlineData("fd00::7", Peer, 200)]
    [InlineData("8.8.8.8", Peer, 403)]
    [InlineData("::ffff:8.8.8.8", Peer, 403)]
    [InlineData("127.0.0.1", Hub, 200)]
    [InlineData("::1", Hub, 200)]
    [InlineData("192.168.1.7", Hub, 403)]
    [InlineData("8.8.8.8", Hub, 403)]
    [InlineData("127.0.0.1", Control, 404)]
    [InlineData("127.0.0.1", "/CONTROL/stop", 404)]
    [InlineData("192.168.1.7", "/peers", 403)]
    public async Task Who_may_ask_for_what(string caller, string path, int status) => Assert.Equal(status, await AskAsync(caller, path));

    [Theory]
    [InlineData("localhost:9090", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("hfmc", 200)]
    [InlineData("127.0.0.1:9090", 200)]
    [InlineData("[::1]:9090", 200)]
    [InlineData("192.168.1.7", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example:9090", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    public async Task A_page_that_rebinds_its_name_to_our_address_is_refused(string host, int status)
    {
        Assert.Equal(status, await AskAsync("127.0.0.1", Peer, ("Host", host)));
        Assert.Equal(status, await AskAsync("127.0.0.1", Hub, ("Host", host)));
    }

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://localhost:3000", 403)]
    [InlineData("http://localhost:9090", 200)]
    public async Task A_page_of_another_origin_is_refused(string origin, int status) =>
        Assert.Equal(status, await AskAsync("127.0.0.1", Hub, ("Host", "localhost:9090"), ("Origin", origin)));

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 200)]
    [InlineData("none", 200)]
    public async Task A_browser_says_itself_whose_page_it_asks_for(string site, int status) =>
        Assert.Equal(status, await AskAsync("127.0.0.1", Hub, ("Host", "localhost:9090"), ("Sec-Fetch-Site", site)));

    [Theory]
    [InlineData("127.0.0.1", Hub, 200)]
    [InlineData("192.168.1.7", Hub, 200)]
    [InlineData("fd00::7", "/acme/tiny/resolve/main/config.json", 200)]
    [InlineData("8.8.8.8", Hub, 403)]
    [InlineData("192.168.1.7", Control, 404)]
    public async Task The_Hub_can_be_opened_to_the_networks_of_this_machine(string caller, string path, int status) =>
        Assert.Equal(status, await AskAsync(caller, path, isOpen: true));

    [Fact]
    public async Task A_method_in_small_letters_is_none()
    {
        var context = Ask("127.0.0.1", Hub);
        context.Request.Method = "hEAD";

        Assert.Equal(405, await AnswerAsync(context, isOpen: false, TlsChoice.Restricted));
    }

    [Fact]
    public async Task A_node_has_a_name_of_its_own_and_no_other_answers_to_it()
    {
        Assert.Equal(200, await AskAsync("192.168.1.7", Peer, ("Host", PeerClient.HostNameOf(s_self))));
        Assert.Equal(403, await AskAsync("192.168.1.7", Peer, ("Host", PeerClient.HostNameOf(NodeId.New()))));
    }

    [Theory]
    [InlineData(TlsChoice.Always, "/peer/v1/blobs", "http", 426)]
    [InlineData(TlsChoice.Always, "/peer/v1/hello", "http", 200)]
    [InlineData(TlsChoice.Always, "/peer/v1/blobs", "https", 200)]
    [InlineData(TlsChoice.Always, Hub, "http", 200)]
    [InlineData(TlsChoice.Restricted, "/peer/v1/blobs", "http", 200)]
    [InlineData(TlsChoice.Off, "/peer/v1/blobs", "http", 200)]
    public async Task Where_all_is_to_go_over_TLS_peers_are_told_so(TlsChoice choice, string path, string scheme, int status)
    {
        var context = Ask("127.0.0.1", path);
        context.Request.Scheme = scheme;
        Assert.Equal(status, await AnswerAsync(context, isOpen: false, choice));
    }

    [Theory]
    [InlineData("192.168.1.7", Peer, 200)]
    [InlineData("192.168.1.66", Peer, 403)]
    [InlineData("::ffff:192.168.1.66", Peer, 403)]
    [InlineData("10.0.0.7", Peer, 403)]
    [InlineData("8.8.8.8", Peer, 403)]
    [InlineData("127.0.0.1", Peer, 200)]
    [InlineData("127.0.0.1", Hub, 200)]
    [InlineData("127.0.0.9", Hub, 403)]
    [InlineData("127.0.0.1", Control, 404)]
    public async Task What_is_allowed_is_answered_unless_it_is_denied_too(string caller, string path, int status) =>
        Assert.Equal(status, await AskAsync(caller, path, isOpen: false, new NetworkRules([IPNetwork.Parse("192.168.1.0/24")], [IPNetwork.Parse("192.168.1.66/32"), IPNetwork.Parse("127.0.0.9/32")])));

    static Task<int> AskAsync(string caller, string path, params (string Name, string Value)[] headers) => AskAsync(caller, path, isOpen: false, headers);

    static Task<int> AskAsync(string caller, string path, bool isOpen, params (string Name, string Value)[] headers) =>
        AskAsync(caller, path, isOpen, NetworkRules.Default, headers);

    static Task<int> AskAsync(string caller, string path, bool isOpen, NetworkRules rules, params (string Name, string Value)[] headers) =>
        AnswerAsync(Ask(caller, path, headers), isOpen, TlsChoice.Restricted, rules);

    static DefaultHttpContext Ask(string caller, string path, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(caller);
        context.Request.Path = path;
        foreach (var (name, value) in headers)
            context.Request.Headers[name] = value;
        return context;
    }

    static async Task<int> AnswerAsync(HttpContext context, bool isOpen, TlsChoice choice, NetworkRules? rules = null)
    {
        await new Doorkeeper(_ => Task.CompletedTask, new(new(isOpen, ShowsRestrictedOffline: false)), new() { Current = rules ?? NetworkRules.Default }, new(s_self, "1.2.3", choice))
            .InvokeAsync(context);
        return context.Response.StatusCode;
    }
}
