using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class ProxySettingsTests
{
    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128")]
    [InlineData("proxy.example:3128", "http://proxy.example:3128")]
    [InlineData("proxy.example", "http://proxy.example:80")]
    [InlineData("  HTTP://Proxy.Example:3128/ ", "http://proxy.example:3128")]
    [InlineData("https://proxy.example", "https://proxy.example:443")]
    [InlineData("socks4://10.0.0.1", "socks4://10.0.0.1:1080")]
    [InlineData("socks://10.0.0.1:7890/", "socks4://10.0.0.1:7890")]
    [InlineData("socks4a://proxy.example", "socks4a://proxy.example:1080")]
    [InlineData("socks5://proxy.example", "socks5://proxy.example:1080")]
    [InlineData("socks5h://[fd00::1]:9050", "socks5://[fd00::1]:9050")]
    [InlineData("user:secret@127.0.0.1:8080", "http://127.0.0.1:8080")]
    public void Every_scheme_that_others_know_is_known(string text, string proxy) =>
        Assert.Equal(proxy, Of(("https_proxy", text)).For(new("https://hub.example/"))!.ToString());

    [Theory]
    [InlineData("us%20er:p%40ss%3Aw%25@h:1", "us er", "p@ss:w%")]
    [InlineData("http://user@h:1", "user", "")]
    [InlineData("http://user:a:b@h:1", "user", "a:b")]
    [InlineData("http://user:a@b@h:1", "user", "a@b")]
    [InlineData("socks5h://%C3%A9:%E4%BD%A0@h:1", "é", "你")]
    public void User_and_password_are_decoded(string text, string user, string password)
    {
        var login = Of(("https_proxy", text)).For(new("https://hub.example/"))!.Credential!;

        Assert.Equal((user, password), (login.UserName, login.Password));
    }

    [Theory]
    [InlineData("ftp://secret@proxy.example:21")]
    [InlineData("quic://secret@h:1")]
    [InlineData("http://")]
    [InlineData("http://user:secret@")]
    [InlineData("http://user:secret@:3128")]
    [InlineData("http://user:secret@h:99999")]
    [InlineData("http://user:secret@h:0")]
    [InlineData("http://user:secret@h:http")]
    [InlineData("http:user:secret@h:1:2")]
    [InlineData("http://fd00::1")]
    [InlineData("http://user:sec/ret@h:1")]
    [InlineData("h h:80")]
    public void What_cannot_be_used_is_an_error_that_names_the_variable_and_no_password(string text)
    {
        var error = Assert.Throws<InputException>(() => Of(("ALL_PROXY", text)));

        Assert.Contains("ALL_PROXY", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sec", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_scheme_has_its_variable_and_the_one_for_all_is_for_the_rest()
    {
        var settings = Of(("http_proxy", "a:1"), ("ALL_PROXY", "socks5://b:2"));

        Assert.Equal("http://a:1", Proxy(settings, "http://hub.example/"));
        Assert.Equal("socks5://b:2", Proxy(settings, "https://hub.example/"));
    }

    [Theory]
    [InlineData("small", "CAPITALS", "http://small:80")]
    [InlineData(null, "CAPITALS", "http://capitals:80")]
    [InlineData("small", null, "http://small:80")]
    [InlineData("", "CAPITALS", null)]
    public void Small_letters_go_before_capitals_and_an_empty_one_means_none(string? small, string? capitals, string? expected)
    {
        foreach (var (name, address) in (ReadOnlySpan<(string, string)>)[("http_proxy", "http://h.example/"), ("https_proxy", "https://h.example/"), ("all_proxy", "https://h.example/")])
        {
            var settings = Of([.. new[] { (name, small), (name.ToUpperInvariant(), capitals) }.Where(said => said.Item2 is not null).Select(said => (said.Item1, said.Item2!))]);
            Assert.Equal(expected, Proxy(settings, address));
        }
    }

    [Fact]
    public void A_variable_that_a_header_of_a_web_request_can_set_is_not_followed_in_a_cgi_program()
    {
        Assert.Null(Proxy(Of(("HTTP_PROXY", "evil"), ("REQUEST_METHOD", "GET")), "http://hub.example/"));
        Assert.NotNull(Proxy(Of(("http_proxy", "good"), ("REQUEST_METHOD", "GET")), "http://hub.example/"));
        Assert.NotNull(Proxy(Of(("HTTPS_PROXY", "good"), ("REQUEST_METHOD", "GET")), "https://hub.example/"));
    }

    [Theory]
    [InlineData("http://localhost:9090/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.3.2.1/")]
    [InlineData("http://[::1]:9090/")]
    [InlineData("http://0.0.0.0:9090/")]
    public void This_machine_is_never_behind_a_proxy(string address) => Assert.Null(Proxy(Of(("all_proxy", "h:1")), address));

    // As curl, Go and Python agree; where they differ, the widest is taken, and ports as Go has them.
    [Theory]
    [InlineData("*", "https://hub.example/", true)]
    [InlineData("a.example,*", "https://hub.example/", true)]
    [InlineData("hub.example", "https://hub.example/", true)]
    [InlineData("HUB.example", "https://hub.EXAMPLE/", true)]
    [InlineData("hub.example", "https://cdn.hub.example/", true)]
    [InlineData(".hub.example", "https://cdn.hub.example/", true)]
    [InlineData(".hub.example", "https://hub.example/", true)]
    [InlineData("*.hub.example", "https://cdn.hub.example/", true)]
    [InlineData("*.hub.example", "https://hub.example/", false)]
    [InlineData("hub.example", "https://nothub.example/", false)]
    [InlineData("hub.example", "https://hub.example.evil/", false)]
    [InlineData("hub.example.", "https://hub.example/", true)]
    [InlineData("hub.example", "https://hub.example./", true)]
    [InlineData("example", "https://hub.example/", true)]
    [InlineData("x , hub.example", "https://hub.example/", true)]
    [InlineData("x hub.example", "https://hub.example/", true)]
    [InlineData("hub.example:8443", "https://hub.example:8443/", true)]
    [InlineData("hub.example:8443", "https://hub.example/", false)]
    [InlineData("hub.example:443", "https://hub.example/", true)]
    [InlineData("10.1.2.3", "https://10.1.2.3/", true)]
    [InlineData("10.1.2.3", "https://10.1.2.33/", false)]
    [InlineData("10.1.2.3:80", "https://10.1.2.3/", false)]
    [InlineData("10.0.0.0/8", "https://10.255.0.1/", true)]
    [InlineData("10.9.9.9/8", "https://10.255.0.1/", true)]
    [InlineData("10.0.0.0/8", "https://11.0.0.1/", false)]
    [InlineData("10.0.0.0/8", "https://hub.example/", false)]
    [InlineData("0.0.0.0/0", "https://192.0.2.1/", true)]
    [InlineData("fd00::/8", "https://[fd12::1]/", true)]
    [InlineData("fd00::/8", "https://[fe80::1]/", false)]
    [InlineData("[2001:db8::1]", "https://[2001:db8::1]/", true)]
    [InlineData("2001:db8::1", "https://[2001:db8:0::1]:8443/", true)]
    [InlineData("[2001:db8::1]:443", "https://[2001:db8::1]/", true)]
    [InlineData("[2001:db8::1]:443", "https://[2001:db8::1]:8443/", false)]
    [InlineData("::ffff:10.1.2.3", "https://10.1.2.3/", true)]
    [InlineData("müller.example", "https://xn--mller-kva.example/", true)]
    [InlineData("", "https://hub.example/", false)]
    [InlineData(",, ,", "https://hub.example/", false)]
    public void Exceptions_are_hosts_suffixes_addresses_networks_and_ports(string except, string address, bool isDirect) =>
        Assert.Equal(isDirect, Proxy(Of(("all_proxy", "h:1"), ("NO_PROXY", except)), address) is null);

    [Theory]
    [InlineData("10.0.0.0/99")]
    [InlineData("hub.example/8")]
    [InlineData("https://hub.example")]
    [InlineData("hub.example:port")]
    public void An_exception_that_means_nothing_is_an_error(string except) =>
        Assert.Contains("no_proxy", Assert.Throws<InputException>(() => Of(("https_proxy", "h:1"), ("no_proxy", except))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_daemon_does_the_same_with_the_variables_of_a_command()
    {
        var here = Of(("https_proxy", "u:p@h:1"), ("ALL_PROXY", "socks5://b:2"), ("no_proxy", "x.example"), ("HTTP_PROXY", "evil"), ("REQUEST_METHOD", "GET"));

        var there = ProxySettings.From(new(here.Variables));

        foreach (var address in (string[])["http://hub.example/", "https://hub.example/", "https://x.example/"])
            Assert.Equal(Proxy(here, address), Proxy(there, address));
        Assert.Equal("p", there.For(new("https://hub.example/"))!.Credential!.Password);
    }

    static string? Proxy(ProxySettings settings, string address) => settings.For(new(address))?.ToString();

    static ProxySettings Of(params (string Name, string Text)[] variables) =>
        ProxySettings.From(new(variables.ToDictionary(variable => variable.Name, variable => variable.Text)));
}
