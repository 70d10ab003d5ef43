using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Fills a blob together with a crowd: does what its schedule says, and tells the schedule what came of it. One loop owns the
/// schedule; requests, checks and complaints run beside it. Ends when every byte is here; the digest is somebody else's matter,
/// and when it disagrees <see cref="FindWrongAsync"/> may know what to fetch again.
/// </summary>
sealed partial class SwarmFill
{
    // Between looks at how far requests are, and no more often for what the schedule waits for; whatever happens is looked at when it happens.
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200), ShortestPause = TimeSpan.FromMilliseconds(10);

    // Requests that a peer may leave without a byte, if it has never given any, until the user hears of it.
    const int NothingYet = 3;

    readonly HashSet<SwarmMember> _warned = [];
    readonly string _file;
    readonly PartialBlob _partial;
    readonly LiveBlob _live;
    readonly IBlobCrowd _crowd;
    readonly SourceRoster _roster;
    readonly TransferSink _sink;
    readonly TransferLimits _limits;
    readonly BlobProgress _progress;
    readonly TimeProvider _time;
    readonly SwarmSchedule _schedule;
    readonly SwarmProof _proof;
    readonly SwarmGivers _givers = new();
    readonly Dictionary<SwarmOrder, (SwarmRead Read, Task Task)> _reads = [];
    readonly ConcurrentQueue<SwarmRead> _ended = new();
    readonly Pulse _ready = new();
    readonly CrewSize _upstreamSize;
    readonly long _begun;
    long _fromUpstream;

    public SwarmFill(string file, PartialBlob partial, SwarmContext context, SourceRoster roster, TransferSink sink, TransferLimits limits, BlobProgress progress, TimeProvider time)
    {
        (_file, _partial, _live, _crowd, _warn) = (file, partial, progress.Live, context.Crowd, context.Warn);
        (_roster, _sink, _limits, _progress, _time, _begun) = (roster, sink, limits, progress, time, time.GetTimestamp());
        _schedule = new(_live.Grid, Rendezvous.Key(partial.Blob.ETag), _crowd.Self, new(), new());
        _suspects = new(partial, _givers);
        _upstreamSize = new(new SwarmRules().UpstreamRequests, time);
        _proof = new(context.XetId, partial, _live, _crowd, _ready);
        foreach (var source in roster.Sources)
            Join(source is { Kind: SourceKind.Peer } ? SwarmMember.Seed(source.Name, _live.Grid.Count) : SwarmMember.Upstream(source.Name), source);
    }

    TimeSpan Now => _time.GetElapsedTime(_begun);

    /// <exception cref="HfmcException">Nobody can give what is missing.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _live.Doubted = DoubtAsync;
        try
        {
            while (true)
            {
                Task[] wakes = [_ready.Next, _live.Completed.Next, _progress.Wants.Changed.Next, _crowd.News.WaitToReadAsync(cancellationToken).AsTask()];
                Hear(cancellationToken);
                Look();
                await DropWrongAsync(cancellationToken);
                _progress.Crowd = _schedule.View() with { Provisional = _proof.Provisional(_schedule.Held) };
                if (_schedule.Held.IsFull && _proof.IsIdle)
                    return;
                BeginNext(cancellationToken);
                _live.Say([.. _schedule.Fetching], _schedule.CanOwn);
                _progress.Source = Sources();
                GiveUpIfHopeless();
                // Not a delay beside the others: hundreds a second would each leave a timer behind, which wakes a thread for nothing.
                await ((Task)Task.WhenAny(wakes)).WaitAsync(Pause(), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _live.Doubted = null;
            foreach (var (read, _) in _reads.Values)
                read.End(null);
            await Task.WhenAll(_reads.Values.Select(read => read.Task));
            _live.Say([], isOwner: false);
        }
    }

    TimeSpan Pause()
    {
        var now = Now;
        var pause = _schedule.Wake(now) - now ?? Glance;
        return pause < ShortestPause ? ShortestPause : pause > Glance ? Glance : pause;
    }

    // What has come, what has ended, and what is taking too long.
    void Look()
    {
        foreach (var piece in _live.State.Held.Except(_schedule.Held))
        {
            _schedule.Hold(piece);
            _proof.Check(_live.Grid.Range(piece));
        }
        foreach (var (member, source) in _sources)
            member.IsSequential = source.IsSequential;
        var now = Now;
        foreach (var (order, (read, _)) in _reads)
            order.Progress(read.Received, now);
        while (_ended.TryDequeue(out var read))
            End(read, now);
        _upstreamSize.Observe(_fromUpstream + _reads.Values.Where(read => read.Read.Order.From.IsUpstream).Sum(read => read.Read.Received));
        _schedule.UpstreamWorth = _upstreamSize.Value;
        foreach (var order in _schedule.Silent(now))
            _reads[order].Read.End(new(SourceFault.Stalled, $"{order.From.Name} sent nothing"));
        foreach (var order in _schedule.Needless())
            _reads[order].Read.End(null);
    }

    void BeginNext(CancellationToken cancellationToken)
    {
        if (_sink.IsEnding)
        {
            if (_reads.Count is 0)
                throw new OperationCanceledException("nobody wants the whole of it any more");
            return;
        }
        _schedule.Reader = _progress.Wants.Reader is { } at and > 0 ? _live.Grid.PieceAt(Math.Min(at, _partial.Blob.Size - 1)) : null;
        foreach (var order in _schedule.Next(Now))
            Begin(order, cancellationToken);
    }

    void Begin(SwarmOrder order, CancellationToken cancellationToken)
    {
        var source = _sources[order.From];
        var range = _live.Grid.Range(order.First, order.Count);
        var place = _live.Reads.Enter(range, source.Kind);
        var read = new SwarmRead(order, source, place, _sink.For(source, place), _givers, cancellationToken);
        _reads[order] = (read, Task.Run(async () =>
        {
            using (place)
                await read.RunAsync(_partial, range, _live.Reads, order.From.IsUpstream ? _limits.Connections : _limits.PeerRequests);
            _ended.Enqueue(read);
            _ready.Beat();
        }, CancellationToken.None));
    }

    void End(SwarmRead read, TimeSpan now)
    {
        var order = read.Order;
        _reads.Remove(order);
        order.Progress(read.Received, now);
        if (order.From.IsUpstream)
            _fromUpstream += read.Received;
        read.Dispose();
        if (read.Defect is { } defect)
            ExceptionDispatchInfo.Throw(defect);
        if (read.Failure is not { } failure)
        {
            // An upstream that ignores ranges may have brought it with another request; one that brought nothing is not asked at once.
            if (order.Received > 0 || order.Pieces.All(_schedule.Held.Contains))
                _schedule.Done(order, now);
            else
                _schedule.Failed(order, Refused, now);
            return;
        }
        _progress.Retried();
        _schedule.Failed(order, Rest(read, failure), now, isBusy: failure.Fault is SourceFault.Busy);
        if (failure.Fault is SourceFault.Lied && _warned.Add(order.From))
            _warn($"{failure.Message}; it is asked less");
        if (failure.Fault is SourceFault.Stalled && order.From is { IsUpstream: false, Rate: 0, LeaseRate: 0, LostLeases: >= NothingYet } mute && _warned.Add(mute))
            _warn($"{mute.Name} takes requests for {_file} and sends nothing; the others are asked instead");
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

/// <summary>What a transfer needs to take part in a crowd. <c>XetId</c> is what the Hub published, or null; <c>Warn</c> is told what the user should know.</summary>
public sealed record SwarmContext(IBlobCrowd Crowd, string? XetId, Action<string> Warn);
