using System.Collections.Concurrent;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>What one add takes from peers in bundles, one for each peer.</summary>
public sealed class Bundles(PeerClient client, TimeProvider time) : IAsyncDisposable
{
    readonly ConcurrentDictionary<PeerAddress, Bundle> _bundles = new();

    /// <summary>The blob at the peer; null once the peer has failed at others.</summary>
    public ISource? Source(PeerAddress peer, Blob blob) => Of(peer) is { HasFailed: false } bundle ? new BundledSource(bundle, blob) : null;

    /// <summary>The peer has failed to give what it was asked for.</summary>
    public bool HasFailed(PeerAddress peer) => _bundles.TryGetValue(peer, out var bundle) && bundle.HasFailed;

    public async ValueTask DisposeAsync()
    {
        foreach (var bundle in _bundles.Values)
            await bundle.DisposeAsync();
    }

    Bundle Of(PeerAddress peer) => _bundles.GetOrAdd(peer, static (peer, of) => new(of.client, peer, of.time), (client, time));
}
