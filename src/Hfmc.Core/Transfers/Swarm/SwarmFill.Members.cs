namespace Hfmc.Core.Transfers;

/// <summary>Who is there to be asked.</summary>
sealed partial class SwarmFill
{
    // How long nobody may have anything before that is the end: a peer that has it may be about to answer.
    static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(3);

    // A peer that said no to one request knows no better a moment later.
    static readonly TimeSpan Refused = TimeSpan.FromMilliseconds(200);

    readonly Dictionary<SwarmMember, ISource> _sources = [];
    readonly Dictionary<ulong, SwarmMember> _peers = [];
    TimeSpan? _hopelessSince;

    void Join(SwarmMember member, ISource source)
    {
        _sources[member] = source;
        _schedule.Join(member);
    }

    void Hear(CancellationToken cancellationToken)
    {
        while (_crowd.News.TryRead(out var news))
        {
            if (!_peers.TryGetValue(news.Node, out var peer))
            {
                if (news.IsGone || news.Source is null)
                    continue;
                Join(peer = _peers[news.Node] = SwarmMember.Peer(news.Source.Name, news.Node, _live.Grid.Count), news.Source);
                _roster.Add(news.Source);
            }
            if (news.IsGone)
            {
                _schedule.Leave(peer);
                _peers.Remove(news.Node);
            }
            else
            {
                Learn(peer, news);
                if (news.IsComplete)
                    _proof.Ask(news.Node, cancellationToken);
            }
        }
    }

    void Learn(SwarmMember peer, CrowdNews news)
    {
        foreach (var piece in news.Fetching.Where(piece => !peer.Held!.Contains(piece)))
            peer.Fetching.Add(piece);
        foreach (var piece in news.Dropped)
            peer.Fetching.Remove(piece);
        foreach (var piece in news.Lost)
            _schedule.Unlearn(peer, piece);
        foreach (var piece in news.Held)
            _schedule.Learn(peer, piece);
        if (news.IsOwner is { } isOwner)
            _schedule.LearnOwner(peer, isOwner);
        if (news.IsComplete)
            _schedule.LearnAll(peer);
    }

    // How long the source is left alone after a failure.
    TimeSpan Rest(SwarmRead read, SourceException failure)
    {
        // What a peer does not have yet, or not any more, it may have later; and one that is busy says for how long.
        if (!read.Order.From.IsUpstream && failure.Fault is SourceFault.Missing or SourceFault.Busy)
            return failure.RetryAfter is { } wait && wait > Refused ? wait : Refused * (1 + Random.Shared.NextDouble());
        _roster.Failed(read.Source, failure, delivered: read.HasDelivered);
        if (_roster.RestOf(read.Source) is { } rest)
            return rest;
        read.Order.From.IsOut = true;
        return default;
    }

    void GiveUpIfHopeless()
    {
        if (_reads.Count > 0 || _schedule.HasHope)
            _hopelessSince = null;
        else if (Now - (_hopelessSince ??= Now) > Hopeless || _peers.Count is 0)
            throw TransferFailure.Of(_file, _roster.Failures);
        if (_reads.Count is 0 && _sink.Silence > _limits.Patience)
            throw TransferFailure.OutOfPatience(_file, _limits.Patience, _roster.Failures);
    }
}
