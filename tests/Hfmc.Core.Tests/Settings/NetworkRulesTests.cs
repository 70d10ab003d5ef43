using System.Net;
using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class NetworkRulesTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("allow", "192.168.1.0/24", "192.168.1.0/24")]
    [InlineData("allow", "192.168.1.7", "192.168.1.7/32")]
    [InlineData("allow", "FD00::/8", "fd00::/8")]
    [InlineData("allow", "fc00::/7", "fc00::/7")]
    [InlineData("allow", "fe80::/10", "fe80::/10")]
    [InlineData("allow", "11.0.0.0/8", "11.0.0.0/8")]
    [InlineData("allow", "2001:db8::/32", "2001:db8::/32")]
    [InlineData("deny", "0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("deny", "::/0", "::/0")]
    public void A_network_has_one_normal_form(string key, string word, string normal) =>
        Assert.Equal($"[\"{normal}\"]", Normalise(key, word));

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.0.0.0/1")]
    [InlineData("128.0.0.0/1")]
    [InlineData("8.0.0.0/7")]
    [InlineData("::/0")]
    [InlineData("2000::/3")]
    [InlineData("2001::/16")]
    [InlineData("fe00::/7")]
    [InlineData("fc00::/6")]
    public void The_whole_internet_is_never_allowed(string word) =>
        Assert.Contains("is a large part of the internet", Assert.Throws<InputException>(() => Normalise("allow", word)).Message);

    [Theory]
    [InlineData("192.168.1.7/24", "want 192.168.1.0/24 for the network, or 192.168.1.7 for it alone")]
    [InlineData("fd00::1/8", "want fd00::/8 for the network, or fd00::1 for it alone")]
    [InlineData("::ffff:0.0.0.0/96", "in the clothes of IPv6")]
    [InlineData("::ffff:192.168.1.7", "in the clothes of IPv6")]
    [InlineData("192.168.1.0/33", "is not a network")]
    [InlineData("192.168.1.0/-1", "is not a network")]
    [InlineData("192.168.1.0/", "is not a network")]
    [InlineData("192.168.1.0/24/24", "is not a network")]
    [InlineData("192.168.1.0/ 24", "is not a network")]
    [InlineData("192.168.1/24", "is not a network")]
    [InlineData("010.0.0.0/8", "is not a network")]
    [InlineData("10", "is not a network")]
    [InlineData("fe80::1%1", "is not a network")]
    [InlineData("[::1]", "is not a network")]
    [InlineData("example.org", "is not a network")]
    [InlineData("", "is not a network")]
    public void What_is_no_network_is_told_what_is_wanted(string word, string part)
    {
        Assert.Contains(part, Assert.Throws<InputException>(() => Normalise("allow", word)).Message);
        Assert.Contains(part, Assert.Throws<InputException>(() => Normalise("deny", word)).Message);
    }

    [Fact]
    public void A_list_is_bounded_and_of_the_allowed_ones_there_is_one_at_least()
    {
        var many = Enumerable.Range(0, NetworkRules.Most + 1).Select(host => $"192.168.1.{host}").ToArray();

        Assert.Contains("takes 64 networks at most", Assert.Throws<InputException>(() => Normalise("deny", many)).Message);
        Assert.Contains("needs at least one", Assert.Throws<InputException>(() => Normalise("allow")).Message);
        Assert.Equal("[]", Normalise("deny"));
    }

    [Fact]
    public void What_is_denied_is_denied_and_this_machine_is_allowed_unless_it_is()
    {
        var rules = new NetworkRules([IPNetwork.Parse("192.168.0.0/16")], [IPNetwork.Parse("192.168.7.0/24")]);

        Assert.True(Welcomes("192.168.1.1"));
        Assert.False(Welcomes("192.168.7.1"));
        Assert.False(Welcomes("::ffff:192.168.7.1"));
        Assert.False(Welcomes("10.0.0.1"));
        Assert.True(Welcomes("127.0.0.1"));
        Assert.True(Welcomes("::1"));
        Assert.False(rules.Welcomes(null));
        Assert.False(new NetworkRules([IPNetwork.Parse("127.0.0.0/8")], [IPNetwork.Parse("0.0.0.0/0")]).Welcomes(IPAddress.Loopback));

        bool Welcomes(string address) => rules.Welcomes(IPAddress.Parse(address));
    }

    [Fact]
    public void The_file_is_read_anew_though_other_members_of_it_are_wrong()
    {
        var home = HomePaths.From(TestEnvironment.In(_temp));
        Directory.CreateDirectory(home.Home);
        File.WriteAllText(home.ConfigFile, """{ "port": "x", "deny": ["192.168.1.66"] }""");

        var rules = NetworkRules.Read(home);

        Assert.Equal(NetworkRules.Private, rules.Allow);
        Assert.Equal(["192.168.1.66/32"], rules.Deny.Select(network => network.ToString()));
    }

    string Normalise(string key, params string[] words) => SettingKeys.Parse(key).Normalise(words, TestEnvironment.In(_temp)).ToJsonString();
}
