using Hfmc.Core.Planning;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Bytes that come from peers which have no list of chunks, beside an upstream that is slow.</summary>
public sealed class PeerReadingTests : IAsyncDisposable
{
    const int Size = ReadingRig.Size;

    readonly ReadingRig _rig = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _rig.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Wrong_bytes_of_a_peer_are_never_shown()
    {
        var hub = await _rig.HubAsync(new() { BytesPerSecond = 2 << 20 });
        await using var peer = await PeerAsync();
        peer.FlipAt = 5 << 20;

        Assert.Equal(ReadingRig.Content.ToArray(), await _rig.ReadWholeAsync(_rig.Wanted(hub)));
        Assert.True(peer.BytesServed > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_an_upstream_nothing_is_shown_before_the_digest_has_agreed()
    {
        await _rig.HubAsync();
        await using var peer = await PeerAsync();
        await using var reading = _rig.OpenWhole(_rig.Wanted());

        Assert.Equal(Size, (await reading.NextAsync(0, Cancelled)).End);
        Assert.Equal(ReadingRig.Content.ToArray(), await ReadingRig.ReadAsync(reading, ByteRange.Whole(Size)));
    }

    [Fact(Timeout = 120_000)]
    public async Task While_peers_bring_the_file_an_upstream_gives_the_first_bytes_at_the_most()
    {
        var hub = await _rig.HubAsync(new() { BytesPerSecond = 2 << 20 });
        await using var peer = await PeerAsync();

        Assert.Equal(ReadingRig.Content.ToArray(), await _rig.ReadWholeAsync(_rig.Wanted(hub)));

        // A peer that is quick has brought all before the upstream has given anything.
        Assert.True(peer.BytesServed > 0);
        Assert.InRange(hub.BytesServed(), 0, Size - 1);
    }

    async Task<TestPeer> PeerAsync()
    {
        var peer = (await TestPeer.StartAsync(Cancelled)).Share(_rig.Held, _rig.Commit, "main");
        _rig.Rig.Know(peer);
        return peer;
    }
}
