using System.Net;
using System.Net.Sockets;
using Hfmc.Core.Hub;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub.Connections;

/// <summary>What is wrong with a connection is known at once where it can be, and said with what to do.</summary>
public sealed class ConnectionFaultTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_where_nothing_listens_is_away()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var address = $"127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}";
        closed.Stop();

        var error = await FailAsync($"http://{address}/");

        Assert.Equal((SourceFault.Away, false), (error.Fault, error.IsFinal));
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_away()
    {
        var error = await FailAsync("https://hub.invalid/");

        Assert.Equal(SourceFault.Away, error.Fault);
        Assert.Contains("hub.invalid is not reached (there is no such name", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", -1, 1, "SSL_CERT_FILE")]
    [InlineData("other.example", -1, 1, "is for 'other.example'")]
    [InlineData("localhost", -400, -300, "ended on")]
    [InlineData("localhost", 300, 400, "this machine's clock says")]
    public async Task A_certificate_that_is_not_taken_is_final_and_says_why(string name, int from, int until, string why)
    {
        using var certificate = TestCertificate.For(name, TimeSpan.FromDays(from), TimeSpan.FromDays(until));
        await using var server = new ProxyServer(ProxyKind.Http, target: null) { Certificate = certificate };

        var error = await FailAsync($"https://localhost:{server.Port}/");

        Assert.Equal((SourceFault.Blocked, true, true), (error.Fault, error.IsFinal, error.SaysWhatToDo));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_where_http_is_spoken_is_final_and_says_so()
    {
        await using var server = await ScriptedServer.StartAsync(http => Task.CompletedTask, Cancelled);

        var error = await FailAsync($"https://127.0.0.1:{server.Endpoint.Port}/");

        Assert.Equal(SourceFault.Blocked, error.Fault);
        Assert.Contains("http://", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_where_https_is_spoken_says_so()
    {
        using var certificate = TestCertificate.For("localhost");
        await using var server = new ProxyServer(ProxyKind.Http, target: null) { Certificate = certificate };

        Assert.Contains("https://", (await FailAsync($"http://localhost:{server.Port}/")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(407)]
    [InlineData(511)]
    public async Task A_network_that_wants_a_login_is_final(int status)
    {
        await using var server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        }, Cancelled);

        Assert.Equal(SourceFault.Blocked, (await FailAsync($"{server.Endpoint}")).Fault);
    }

    static async Task<SourceException> FailAsync(string address)
    {
        using var http = HubTransport.Create();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await Assert.ThrowsAsync<SourceException>(() => http.SendAsync(request, Cancelled));
    }
}
