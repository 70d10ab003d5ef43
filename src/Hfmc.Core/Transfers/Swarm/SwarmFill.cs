using System.Collections.Concurrent;
using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Fills a blob together with a crowd: does what its schedule says, and tells the schedule what came of it. One loop owns the
/// schedule; requests run beside it. Ends when every byte is here; the digest is somebody else's matter.
/// </summary>
sealed class SwarmFill(
    string file, IBlobTarget target, LiveBlob live, IBlobCrowd crowd, IReadOnlyList<ISource> sources,
    SourceRoster roster, TransferSink sink, TransferLimits limits, BlobProgress progress, TimeProvider time)
{
    // How long nobody may have anything before that is the end: a peer that has it may be about to answer.
    static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(3);

    // Between looks at rates and silences; whatever happens is looked at when it happens.
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    // A peer that said no to one request knows no better a moment later.
    static readonly TimeSpan Refused = TimeSpan.FromMilliseconds(200);

    readonly SwarmSchedule _schedule = new(live.Grid, Rendezvous.Key(target.Blob.ETag), crowd.Self, new(), new());
    readonly Dictionary<SwarmMember, ISource> _sources = [];
    readonly Dictionary<ulong, SwarmMember> _peers = [];
    readonly Dictionary<SwarmOrder, (SwarmRead Read, Task Task)> _reads = [];
    readonly ConcurrentQueue<SwarmRead> _ended = new();
    readonly Pulse _end = new();
    readonly long _begun = time.GetTimestamp();
    TimeSpan? _hopelessSince;

    TimeSpan Now => time.GetElapsedTime(_begun);

    /// <exception cref="HfmcException">Nobody can give what is missing.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var source in sources)
            Join(source is { Kind: SourceKind.Peer } ? SwarmMember.Seed(source.Name, live.Grid.Count) : SwarmMember.Upstream(source.Name), source);
        try
        {
            while (true)
            {
                Task[] wakes = [_end.Next, live.Completed.Next, crowd.News.WaitToReadAsync(cancellationToken).AsTask()];
                Hear();
                Look();
                progress.Crowd = _schedule.View();
                if (_schedule.Held.IsFull)
                    return;
                foreach (var order in _schedule.Next(Now))
                    Begin(order, cancellationToken);
                live.Say([.. _schedule.Fetching], _schedule.CanOwn);
                progress.Source = Sources();
                GiveUpIfHopeless();
                await Task.WhenAny([.. wakes, Task.Delay(Glance, time, cancellationToken)]);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            foreach (var (read, _) in _reads.Values)
                read.End(null);
            await Task.WhenAll(_reads.Values.Select(read => read.Task));
            live.Say([], isOwner: false);
        }
    }

    void Hear()
    {
        while (crowd.News.TryRead(out var news))
        {
            if (!_peers.TryGetValue(news.Node, out var peer))
            {
                if (news.IsGone || news.Source is null)
                    continue;
                Join(peer = _peers[news.Node] = SwarmMember.Peer(news.Source.Name, news.Node, live.Grid.Count), news.Source);
                roster.Add(news.Source);
            }
            if (news.IsGone)
            {
                _schedule.Leave(peer);
                _peers.Remove(news.Node);
                continue;
            }
            foreach (var piece in news.Fetching.Where(piece => !peer.Held!.Contains(piece)))
                peer.Fetching.Add(piece);
            foreach (var piece in news.Dropped)
                peer.Fetching.Remove(piece);
            foreach (var piece in news.Held)
                _schedule.Learn(peer, piece);
            if (news.IsOwner is { } isOwner)
                _schedule.LearnOwner(peer, isOwner);
            if (news.IsComplete)
                _schedule.LearnAll(peer);
        }
    }

    // What has come, what has ended, and what is taking too long.
    void Look()
    {
        foreach (var piece in live.State.Held.Except(_schedule.Held))
            _schedule.Hold(piece);
        var now = Now;
        foreach (var (order, (read, _)) in _reads)
            order.Progress(read.Received, now);
        while (_ended.TryDequeue(out var read))
            End(read, now);
        foreach (var order in _schedule.Silent(now))
            _reads[order].Read.End(new(SourceFault.Stalled, $"{order.From.Name} sent nothing"));
        foreach (var order in _schedule.Needless())
            _reads[order].Read.End(null);
    }

    void Begin(SwarmOrder order, CancellationToken cancellationToken)
    {
        var source = _sources[order.From];
        var read = new SwarmRead(order, source, sink.For(source), cancellationToken);
        var range = live.Grid.Range(order.First, order.Count);
        _reads[order] = (read, Task.Run(async () =>
        {
            await read.RunAsync(target, range, order.From.IsUpstream ? limits.Connections : limits.PeerRequests);
            _ended.Enqueue(read);
            _end.Beat();
        }, CancellationToken.None));
    }

    void End(SwarmRead read, TimeSpan now)
    {
        var order = read.Order;
        _reads.Remove(order);
        order.Progress(read.Received, now);
        read.Dispose();
        if (read.Defect is { } defect)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(defect);
        if (read.Failure is not { } failure)
        {
            // An upstream that ignores ranges may have brought it with another request; one that brought nothing is not asked at once.
            if (order.Received > 0 || order.Pieces.All(_schedule.Held.Contains))
                _schedule.Done(order, now);
            else
                _schedule.Failed(order, Refused, now);
            return;
        }
        progress.Retried();
        _schedule.Failed(order, Rest(read, failure), now);
    }

    TimeSpan Rest(SwarmRead read, SourceException failure)
    {
        // What a peer does not have yet, or not any more, it may have later; and one that is busy says for how long.
        if (!read.Order.From.IsUpstream && failure.Fault is SourceFault.Missing or SourceFault.Busy)
            return failure.RetryAfter is { } wait && wait > Refused ? wait : Refused * (1 + Random.Shared.NextDouble());
        roster.Failed(read.Source, failure, delivered: read.Received > 0);
        if (roster.RestOf(read.Source) is not { } rest)
        {
            read.Order.From.IsOut = true;
            return default;
        }
        return rest;
    }

    void Join(SwarmMember member, ISource source)
    {
        _sources[member] = source;
        _schedule.Join(member);
    }

    void GiveUpIfHopeless()
    {
        if (_reads.Count > 0 || _schedule.HasHope)
            _hopelessSince = null;
        else if (Now - (_hopelessSince ??= Now) > Hopeless || _peers.Count is 0)
            throw TransferFailure.Of(file, roster.Failures);
        if (_reads.Count is 0 && sink.Silence > limits.Patience)
            throw TransferFailure.OutOfPatience(file, limits.Patience, roster.Failures);
    }

    string? Sources()
    {
        var peers = _schedule.Orders.Where(order => !order.From.IsUpstream).Select(order => order.From).Distinct().Count();
        var upstream = _schedule.Orders.FirstOrDefault(order => order.From.IsUpstream)?.From.Name;
        return (peers, upstream) switch
        {
            (0, _) => upstream,
            (1, null) => "1 peer",
            (_, null) => $"{peers} peers",
            _ => $"{peers} {(peers is 1 ? "peer" : "peers")} + {upstream}",
        };
    }
}
