using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Core.Tests.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

public sealed class TokenVerdictTests : IDisposable
{
    const string Nobody = "http://127.0.0.1:1";

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_home_that_accepts_says_whose_it_is()
    {
        await using var hub = await StartAsync("hf_alice");

        var verdict = await AskAsync("hf_alice", hub.Endpoint.ToString());

        Assert.Equal("alice", verdict.Account?.Name);
        Assert.Equal(hub.Endpoint.Port, new Uri(verdict.Home!.Value.Text).Port);
        Assert.Null(verdict.Rejection);
    }

    [Fact]
    public async Task A_home_that_says_no_is_a_rejection()
    {
        await using var hub = await StartAsync("hf_alice");

        var verdict = await AskAsync("hf_mallory", hub.Endpoint.ToString());

        Assert.Null(verdict.Account);
        Assert.NotNull(verdict.Rejection);
    }

    [Fact]
    public async Task The_no_of_one_home_does_not_hide_the_yes_of_the_next()
    {
        await using var home = await StartAsync("hf_else");
        await using var further = await StartAsync("hf_alice");

        var verdict = await AskAsync("hf_alice", home.Endpoint.ToString(), HubEndpoint.Parse(further.Endpoint.ToString()));

        Assert.Equal("alice", verdict.Account?.Name);
    }

    [Fact]
    public async Task Silence_is_no_rejection()
    {
        var verdict = await AskAsync("hf_alice", Nobody);

        Assert.Equal((null, null, null), (verdict.Account, verdict.Home, verdict.Rejection));
        Assert.NotNull(verdict.Silence);
    }

    static async Task<FakeHub> StartAsync(string token)
    {
        var hub = await FakeHub.StartAsync();
        hub.AddUser(token, "alice");
        return hub;
    }

    Task<TokenVerdict> AskAsync(string token, string home, params HubEndpoint[] further)
    {
        var settings = HfmcSettings.Load(TestEnvironment.In(_temp, ("HF_ENDPOINT", home)), SettingsInput.Nothing) with { TokenHosts = further };
        Assert.True(AccessToken.TryParse(token, out var parsed));
        return TokenVerdict.AskAsync(settings, parsed, TimeProvider.System, "test", CancellationToken.None);
    }
}
