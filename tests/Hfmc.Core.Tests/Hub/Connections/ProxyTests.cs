using System.Net;
using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub.Connections;

/// <summary>Each kind of proxy leads to the upstream, and its own fault is never the upstream's.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    const string Login = "us er:p@ss:w%", Written = "us%20er:p%40ss%3aw%25@";

    ScriptedServer _server = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    IPEndPoint Target => new(IPAddress.Loopback, _server.Endpoint.Port);

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync(http =>
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }, Cancelled);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("", ProxyKind.Http, "GET hub.example:80", "CONNECT hub.example:443")]
    [InlineData("http://", ProxyKind.Http, "GET hub.example:80", "CONNECT hub.example:443")]
    [InlineData("socks4a://", ProxyKind.Socks4, "socks4a hub.example:80", "socks4a hub.example:443")]
    [InlineData("socks5://", ProxyKind.Socks5, "socks5 hub.example:80", "socks5 hub.example:443")]
    [InlineData("socks5h://", ProxyKind.Socks5, "socks5 hub.example:80", "socks5 hub.example:443")]
    public async Task Names_are_looked_up_by_the_proxy(string scheme, ProxyKind kind, string http, string https)
    {
        await using var proxy = new ProxyServer(kind, Target);

        Assert.Equal(204, await GetAsync("http://hub.example/", $"{scheme}127.0.0.1:{proxy.Port}"));
        // The server behind it speaks no TLS: it was come to all the same.
        await Assert.ThrowsAsync<SourceException>(() => GetAsync("https://hub.example/", $"{scheme}127.0.0.1:{proxy.Port}"));

        Assert.Equal([http, https], proxy.Asked);
    }

    [Theory]
    [InlineData("socks4://")]
    [InlineData("socks://")]
    public async Task Version_4_of_socks_takes_addresses(string scheme)
    {
        await using var proxy = new ProxyServer(ProxyKind.Socks4, Target) { Login = "us er" };

        Assert.Equal(204, await GetAsync("http://192.0.2.7/", $"{scheme}us%20er@127.0.0.1:{proxy.Port}"));

        Assert.Equal(["socks4 192.0.2.7:80"], proxy.Asked);
    }

    [Theory]
    [InlineData("http://", ProxyKind.Http)]
    [InlineData("socks5h://", ProxyKind.Socks5)]
    public async Task User_and_password_are_shown_to_the_proxy_alone(string scheme, ProxyKind kind)
    {
        await using var proxy = new ProxyServer(kind, Target) { Login = Login };

        Assert.Equal(204, await GetAsync("http://hub.example/", $"{scheme}{Written}127.0.0.1:{proxy.Port}"));

        Assert.Equal([Login], proxy.Logins);
    }

    [Theory]
    [InlineData("http://", ProxyKind.Http, "", "http")]
    [InlineData("http://", ProxyKind.Http, "", "https")]
    [InlineData("http://", ProxyKind.Http, "user:secret@", "http")]
    [InlineData("http://", ProxyKind.Http, "user:secret@", "https")]
    [InlineData("socks5://", ProxyKind.Socks5, "", "https")]
    [InlineData("socks5://", ProxyKind.Socks5, "user:secret@", "http")]
    public async Task A_proxy_that_wants_another_login_is_final_and_says_so(string scheme, ProxyKind kind, string user, string to)
    {
        await using var proxy = new ProxyServer(kind, Target) { Login = Login };

        var error = await FailAsync($"{to}://hub.example/", $"{scheme}{user}127.0.0.1:{proxy.Port}");

        Assert.Equal((SourceFault.Blocked, true, true), (error.Fault, error.IsFinal, error.SaysWhatToDo));
        Assert.Contains($"127.0.0.1:{proxy.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("ALL_PROXY", error.Message, StringComparison.Ordinal);
        Assert.Contains("407", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "http")]
    [InlineData("http", "https")]
    [InlineData("https", "https")]
    [InlineData("socks4a", "https")]
    [InlineData("socks5", "http")]
    public async Task A_dead_proxy_is_known_at_once_and_the_upstream_is_not_blamed(string scheme, string to)
    {
        var proxy = new ProxyServer(ProxyKind.Http, Target);
        var port = proxy.Port;
        await proxy.DisposeAsync();

        var error = await FailAsync($"{to}://hub.example/", $"{scheme}://user:secret@127.0.0.1:{port}");

        Assert.Equal((SourceFault.Away, true), (error.Fault, error.SaysWhatToDo));
        Assert.Contains($"the proxy {scheme}://127.0.0.1:{port} is not reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hub.example", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://", ProxyKind.Http, "https")]
    [InlineData("socks4a://", ProxyKind.Socks4, "http")]
    [InlineData("socks5://", ProxyKind.Socks5, "https")]
    public async Task A_proxy_that_does_not_reach_the_upstream_is_away_with_both_names(string scheme, ProxyKind kind, string to)
    {
        await using var proxy = new ProxyServer(kind, target: null);

        var error = await FailAsync($"{to}://hub.example/", $"{scheme}127.0.0.1:{proxy.Port}");

        Assert.Equal(SourceFault.Away, error.Fault);
        Assert.Contains($"127.0.0.1:{proxy.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("hub.example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_lets_nobody_through_is_final()
    {
        await using var proxy = new ProxyServer(ProxyKind.Http, Target) { Refusal = 403 };

        Assert.Equal(SourceFault.Blocked, (await FailAsync("https://hub.example/", $"127.0.0.1:{proxy.Port}")).Fault);
    }

    [Theory]
    [InlineData("socks5", "http")]
    [InlineData("http", "https")]
    public async Task A_proxy_of_another_kind_than_is_said_is_final(string scheme, string to)
    {
        var error = await FailAsync($"{to}://hub.example/", $"{scheme}://127.0.0.1:{_server.Endpoint.Port}");

        Assert.Equal(SourceFault.Blocked, error.Fault);
        Assert.Contains("ALL_PROXY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_over_tls_is_spoken_to_and_its_certificate_is_looked_at()
    {
        using var certificate = TestCertificate.For("localhost");
        await using var proxy = new ProxyServer(ProxyKind.Http, Target) { Certificate = certificate };

        var error = await FailAsync("http://hub.example/", $"https://localhost:{proxy.Port}");

        Assert.Contains($"the proxy https://localhost:{proxy.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_excepted_goes_straight()
    {
        await using var proxy = new ProxyServer(ProxyKind.Http, Target);
        using var http = HubTransport.Create(Of(("all_proxy", $"127.0.0.1:{proxy.Port}"), ("no_proxy", "invalid")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://hub.invalid/");

        Assert.Contains("hub.invalid", (await Assert.ThrowsAsync<SourceException>(() => http.SendAsync(request, Cancelled))).Message, StringComparison.Ordinal);
        Assert.Empty(proxy.Asked);
    }

    static Task<SourceException> FailAsync(string address, string proxy) => Assert.ThrowsAsync<SourceException>(() => GetAsync(address, proxy));

    static async Task<int> GetAsync(string address, string proxy)
    {
        using var http = HubTransport.Create(Of(("ALL_PROXY", proxy)));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, Cancelled);
        return (int)response.StatusCode;
    }

    static ProxySettings Of(params (string Name, string Text)[] variables) =>
        ProxySettings.From(new(variables.ToDictionary(variable => variable.Name, variable => variable.Text)));
}
