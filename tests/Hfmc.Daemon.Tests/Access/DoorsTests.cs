using System.Net;
using System.Net.Sockets;
using Hfmc.Core.Control;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

/// <summary>The rules of the doorkeeper as a running daemon keeps them.</summary>
public sealed class DoorsTests : DaemonTest
{
    [Theory]
    [InlineData("/control/status")]
    [InlineData("/control/../control/status")]
    [InlineData("/%63ontrol/status")]
    [InlineData("/peer/../control/status")]
    public async Task Control_is_not_spoken_over_TCP(string target)
    {
        using var answer = await Daemon.GetAsync(target);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("pid", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task Stop_over_TCP_stops_nothing()
    {
        using var answer = await Daemon.SendAsync(HttpMethod.Post, "/control/stop");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Daemon.GetAsync("/peer/v1/hello")).StatusCode);
    }

    [Fact]
    public async Task The_socket_speaks_control_and_nothing_else()
    {
        using var control = new ControlClient(Daemon.Socket, "1.2.3");
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync });

        var status = await control.StatusAsync(Cancelled);
        using var peer = await http.GetAsync(new Uri("http://localhost/peer/v1/hello"), Cancelled);

        Assert.Equal(Environment.ProcessId, status?.Pid);
        Assert.Equal(HttpStatusCode.NotFound, peer.StatusCode);
    }

    [Fact]
    public async Task A_command_of_another_version_is_told_to_restart_the_daemon()
    {
        using var control = new ControlClient(Daemon.Socket, "0.0.1");

        var error = await Assert.ThrowsAsync<Core.HfmcException>(() => control.CancelAsync(new("model", "acme/tiny"), Cancelled));

        Assert.Contains("run 'hfmc daemon restart'", error.Message);
        Assert.NotNull(await control.StatusAsync(Cancelled));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_web_page_of_somebody_else_gets_nothing(string header, string value)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await Daemon.GetAsync("/peer/v1/hello", (header, value))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Daemon.GetAsync("/api/models/acme/tiny", (header, value))).StatusCode);
    }

    [Theory]
    [InlineData("a-node, b-node, c-node, d-node", 508)]
    [InlineData("a-node, b-node", 404)]
    public async Task Four_hops_are_the_most(string via, int status) =>
        Assert.Equal(status, (int)(await Daemon.GetAsync("/api/models/acme/none", ("X-Hfmc-Via", via))).StatusCode);

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Daemon.Socket), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
