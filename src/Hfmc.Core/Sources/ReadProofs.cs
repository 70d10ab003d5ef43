using System.Collections.Concurrent;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// Peers that have shown what is not public because this node has proven that it may read it: by reading some places of it at the upstream,
/// with the caller's own rights. Nothing leaves but a digest, to nodes that prove over TLS who they are; and nothing is asked of them before
/// they have proven in return that they have read it too.
/// </summary>
public sealed class ReadProofs : IAsyncDisposable
{
    /// <summary>Missing bytes below which the upstream is asked for all of it at once: a proof costs it 32 requests.</summary>
    public const long WorthIt = 16 << 20;

    // More of them give little more, and each has places of its own.
    const int MostPeers = 3;

    // Before the proof ends, which holds for ten minutes.
    static readonly TimeSpan Again = TimeSpan.FromMinutes(8);

    readonly PeerClient _client;
    readonly NodeId _self;
    readonly PlaceReader _reader;
    readonly OpenRepos _opened;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<PeerAddress, NodeId> _open = new();
    readonly CancellationTokenSource _ending = new();
    Task _renewing = Task.CompletedTask;

    /// <param name="client">Asks peers.</param>
    /// <param name="self">This node.</param>
    /// <param name="reader">Of what is to be had, with the caller's rights.</param>
    /// <param name="opened">What this node shows to whom.</param>
    /// <param name="time">The clock.</param>
    public ReadProofs(PeerClient client, NodeId self, PlaceReader reader, OpenRepos opened, TimeProvider time)
    {
        (_self, _reader, _opened, _time) = (self, reader, opened, time);
        (_client, Client) = (client, client.Only(WayTo));
    }

    /// <summary>Asks only those who show the repo.</summary>
    public PeerClient Client { get; }

    Snapshot Snapshot => _reader.Snapshot;

    /// <summary>Those of the peers that show the repo now; they are asked again in time while this lasts.</summary>
    public async Task<Neighbours> OpenAsync(IEnumerable<KeyValuePair<PeerAddress, NodeId>> peers, CancellationToken cancellationToken)
    {
        var asked = peers.Take(MostPeers).ToList();
        await Task.WhenAll(asked.Select(peer => TryProveAsync(peer.Key, peer.Value, cancellationToken)));
        _renewing = RenewAsync();
        return Neighbours.Of(Client, [.. asked.Select(peer => peer.Key).Where(_open.ContainsKey)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _renewing;
        _ending.Dispose();
    }

    PeerWay WayTo(PeerAddress peer) => _open.TryGetValue(peer, out var node)
        ? new(IsTls: true, node)
        : throw new SourceException(SourceFault.Missing, $"peer {peer} does not show {Snapshot.Repo}");

    async Task RenewAsync()
    {
        try
        {
            while (!_open.IsEmpty)
            {
                await Task.Delay(Again, _time, _ending.Token);
                foreach (var (peer, node) in _open)
                    await TryProveAsync(peer, node, _ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The add has ended.
        }
    }

    async Task TryProveAsync(PeerAddress peer, NodeId node, CancellationToken cancellationToken)
    {
        try
        {
            var subject = ReadingProof.SubjectOf(Snapshot.Repo, Snapshot.Commit);
            if (await _client.ChallengeAsync(peer, node, subject, cancellationToken) is { } challenge
                && ReadingProof.Read(challenge.Nonce, ReadingProof.NonceBytes) is { } nonce
                && ReadingPlaces.In(Snapshot.Files, challenge.Places ?? []) is { } places
                && await _reader.ReadAsync(places, cancellationToken) is { } bytes
                && await _client.ProveReadingAsync(peer, node, new(subject, challenge.Nonce, Proof(nonce, _self, node, subject, bytes)), cancellationToken) is { } answer
                && answer.Mac == Proof(nonce, node, _self, subject, bytes))
            {
                // It has read it too: so it may see here what it shows there.
                _open[peer] = node;
                _opened.Open(node, Snapshot.Repo, Snapshot.Commit);
            }
        }
        catch (SourceException)
        {
            // No proof there: the upstream has it all the same.
        }
    }

    static string Proof(byte[] nonce, NodeId from, NodeId to, string subject, byte[] bytes) => Convert.ToHexStringLower(ReadingProof.Compute(nonce, from, to, subject, bytes));
}
