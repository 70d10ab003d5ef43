using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

/// <summary>A peer whose answers cannot be right is not asked again at once.</summary>
public sealed class PeerConductTests : IAsyncLifetime
{
    readonly ManualTime _time = new();
    readonly HttpMessageInvoker _http = PeerClient.CreateTransport();
    TestPeer _peer = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _peer = await TestPeer.StartAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _peer.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task After_the_second_lie_it_is_not_asked_until_its_rest_is_over()
    {
        var conduct = new Conduct(_time);
        var client = new PeerClient(_http, _time, null) { Conduct = conduct };
        _peer.Raw["/snapshot"] = """{"repo":"models/acme/other","commit":"x","files":[]}""";
        for (var lie = 0; lie < 2; lie++)
            Assert.Equal(SourceFault.Lied, (await Assert.ThrowsAsync<SourceException>(() => FindAsync(client))).Fault);
        var asked = _peer.Requests.Count;

        var refused = await Assert.ThrowsAsync<RestingException>(() => client.HelloAsync(_peer.Address, Cancelled));
        Assert.Contains("is not asked until", refused.Message);
        Assert.Equal(asked, _peer.Requests.Count);
        Assert.Equal($"peer {_peer.Address}", Assert.Single(conduct.Current).Source);

        _time.Advance(Conduct.FirstRest + TimeSpan.FromMilliseconds(1));
        Assert.Equal(_peer.Node.Text, (await client.HelloAsync(_peer.Address, Cancelled)).Node);
    }

    Task FindAsync(PeerClient client) => client.FindAsync(_peer.Address, RepoId.Parse("acme/tiny"), Revision.Main, Cancelled);
}
