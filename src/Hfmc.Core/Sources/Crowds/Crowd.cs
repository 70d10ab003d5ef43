using System.Collections.Concurrent;
using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>Who this node is to a crowd: its id, and the port where it relays.</summary>
public sealed record CrowdSelf(NodeId Node, int Port);

/// <summary>
/// The peers that want or have some of the blobs of an add: those added by hand, those who asked this node for them, and those that
/// others name. Each is greeted, and then tells of the blobs for as long as it is there.
/// </summary>
public sealed class Crowd : IAsyncDisposable
{
    // How long a first answer is waited for: what is known before the first request is not fetched twice.
    static readonly TimeSpan FirstAnswers = TimeSpan.FromSeconds(1.5), Again = TimeSpan.FromSeconds(1);

    const int MostTries = 3;

    // The biggest ones: more names than a question may have.
    readonly Dictionary<ETag, BlobCrowd> _blobs;
    readonly HashSet<ETag> _wanted;
    readonly PeerClient _client;
    readonly CrowdBook _book;
    readonly CrowdSelf _self;
    readonly SmallCrowd? _small;
    readonly BodyPump _pump;
    readonly TimeProvider _time;
    readonly Action<string> _warn;
    readonly CancellationTokenSource _ending = new();
    readonly ConcurrentDictionary<NodeId, PeerAddress> _members = new();
    readonly ConcurrentDictionary<PeerAddress, Task> _followed = new();
    readonly Pulse _answered = new();
    int _silent;
    Task _meeting = Task.CompletedTask;

    public Crowd(PeerClient client, CrowdBook book, CrowdSelf self, IEnumerable<Blob> blobs, SmallCrowd? small, BodyPump pump, TimeProvider time, Action<string> warn)
    {
        (_client, _book, _self, _small, _pump, _time, _warn) = (client, book, self, small, pump, time, warn);
        var key = Rendezvous.Key(self.Node);
        _blobs = blobs.Where(blob => blob.Size > 0 && new PieceGrid(blob.Size).IsBounded).DistinctBy(blob => blob.ETag)
            .OrderByDescending(blob => blob.Size).Take(PeerProtocol.MostBlobs).ToDictionary(blob => blob.ETag, blob => new BlobCrowd(blob, key, client));
        _wanted = [.. _blobs.Keys, .. small?.Blobs ?? []];
    }

    /// <summary>Where those may be whom others name.</summary>
    public NetworkRules Networks { get; init; } = NetworkRules.Default;

    /// <summary>Members that tell at this moment.</summary>
    public int Count => _members.Count;

    /// <summary>The crowd of one blob; null for one that it does not speak of.</summary>
    public IBlobCrowd? Of(Blob blob) => _blobs.GetValueOrDefault(blob.ETag);

    /// <summary>Meets those who are known, and those whom they name, and returns when all that answer have. The <paramref name="silent"/> ones may join later.</summary>
    public async Task GatherAsync(IEnumerable<PeerAddress> known, IEnumerable<PeerAddress> silent, CancellationToken cancellationToken)
    {
        foreach (var peer in known)
            Meet(peer, null);
        foreach (var peer in silent)
            Meet(peer, null, isAwaited: false);
        _meeting = MeetWantingAsync();
        using var enough = new CancellationTokenSource(FirstAnswers, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            for (var answered = _answered.Next; Volatile.Read(ref _silent) > 0; answered = _answered.Next)
                if (Volatile.Read(ref _silent) > 0)
                    await answered.WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Who answers later joins later.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll([.. _followed.Values, _meeting]);
        _ending.Dispose();
    }

    // Those who ask this node for the same blobs.
    async Task MeetWantingAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var changed = _book.Changed.Next;
            foreach (var wanting in _book.Sharing(_wanted))
                if (_members.ContainsKey(wanting.Node) || Meet(wanting.Address, wanting.Node))
                    Expect(wanting);
            try
            {
                await changed.WaitAsync(_ending.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Its share of the work is left to it from now on, before it has told anything: two that begin at one time then do not begin the same.
    void Expect(Wanting wanting)
    {
        foreach (var blob in wanting.Blobs)
            if (_blobs.TryGetValue(blob, out var crowd))
                crowd.Expect(Rendezvous.Key(wanting.Node), new PeerSource(_client, wanting.Address, crowd.Blob, _pump));
    }

    bool Meet(PeerAddress peer, NodeId? claimed, bool isAwaited = true)
    {
        if (claimed == _self.Node || (claimed is { } node && _members.ContainsKey(node)) || _followed.Count >= PeerProtocol.MostMembers
            || (claimed is not null && !IsWelcome(peer)))
            return false;
        lock (_followed)
        {
            if (_followed.ContainsKey(peer))
                return false;
            var introduction = new Introduction(this, isAwaited);
            _followed[peer] = Task.Run(() => FollowAsync(peer, claimed, introduction));
            return true;
        }
    }

    // Somebody that others name is asked only in networks that are allowed, and not too often at one address.
    bool IsWelcome(PeerAddress peer) =>
        IPAddress.TryParse(peer.Host, out var address) && Networks.Welcomes(address)
        && (LocalNetworks.IsLoopback(address) || _followed.Keys.Count(known => known.Host == peer.Host) < PeerProtocol.MostMembersOfAddress);

    // A break may have been the connection's only: its work goes to others at once, and the peer is asked again a little later.
    async Task FollowAsync(PeerAddress peer, NodeId? claimed, Introduction introduction)
    {
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                await MeetAsync(peer, claimed, introduction);
                await Task.Delay(Again, _time, _ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The add has ended.
        }
        finally
        {
            introduction.End();
            _followed.TryRemove(peer, out _);
        }
    }

    async Task MeetAsync(PeerAddress peer, NodeId? claimed, Introduction introduction)
    {
        var node = claimed;
        var isMember = false;
        try
        {
            var hello = await _client.HelloAsync(peer, _ending.Token);
            if (!NodeId.TryParse(hello.Node, out var id) || id == _self.Node || (claimed is { } name && name != id) || !_members.TryAdd(id, peer))
                return;
            (node, isMember) = (id, true);
            if (hello.Features?.Contains(PeerProtocol.BundleFeature) is true)
                _small?.Meet(Rendezvous.Key(id), peer);
            await HearAsync(peer, Rendezvous.Key(id), introduction.End);
        }
        catch (SourceException error)
        {
            if ((error.Fault is SourceFault.Lied || (error.Fault is SourceFault.Stalled && isMember)) && introduction.MayWarn())
                _warn($"{error.Message}; it is passed over");
        }
        finally
        {
            introduction.End();
            if (isMember)
                _members.TryRemove(node!.Value, out _);
            if (node is { } gone && (isMember || !_members.ContainsKey(gone)))
                Leave(Rendezvous.Key(gone));
        }
    }

    void Leave(ulong node)
    {
        foreach (var crowd in _blobs.Values)
            crowd.Leave(node);
        _small?.Leave(node);
    }

    async Task HearAsync(PeerAddress peer, ulong key, Action introduced)
    {
        var sources = new Dictionary<ETag, ISource>();
        await _client.FollowAsync(peer, new([.. _blobs.Keys.Select(etag => etag.Text)], _self.Port) { Small = _small?.Names }, news =>
        {
            _book.CountHeard();
            Hear(peer, key, news, sources);
            introduced();
        }, _ending.Token);
    }

    void Hear(PeerAddress peer, ulong key, PeerNews news, Dictionary<ETag, ISource> sources)
    {
        _small?.Hear(key, peer, news);
        foreach (var said in news.Blobs ?? [])
        {
            if (said is null || !ETag.TryParse(said.Etag, out var etag) || !_blobs.TryGetValue(etag, out var crowd))
                continue;
            if (!sources.TryGetValue(etag, out var source))
                sources[etag] = source = new PeerSource(_client, peer, crowd.Blob, _pump);
            crowd.Hear(key, source, said);
        }
        foreach (var member in (news.Members ?? []).Take(PeerProtocol.MostMembers))
            if (member is not null && NodeId.TryParse(member.Node, out var node) && PeerAddress.TryParse(member.Host, member.Port, out var address))
                Meet(address, node);
    }

    /// <summary>A peer of whom a first answer is waited for, until it gives one or does not.</summary>
    sealed class Introduction
    {
        readonly Crowd _crowd;
        bool _ended, _hasWarned;

        public Introduction(Crowd crowd, bool isAwaited)
        {
            (_crowd, _ended) = (crowd, !isAwaited);
            if (isAwaited)
                Interlocked.Increment(ref crowd._silent);
        }

        /// <summary>Once: what is wrong with a peer is told once, however often it is asked again.</summary>
        public bool MayWarn() => _hasWarned != (_hasWarned = true);

        public void End()
        {
            if (_ended)
                return;
            _ended = true;
            Interlocked.Decrement(ref _crowd._silent);
            _crowd._answered.Beat();
        }
    }
}
