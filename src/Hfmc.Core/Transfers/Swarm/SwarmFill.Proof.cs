using System.Collections.Concurrent;
using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>What becomes of wrong bytes, and of those who sent them.</summary>
sealed partial class SwarmFill
{
    // Who sends wrong bytes says that its own are right, this often, before it is left out.
    const int MostDenials = 2;

    // Searches for what is wrong after the digest disagreed; then one source alone fills the whole.
    const int MostSearches = 3;

    readonly Action<string> _warn;
    readonly ConcurrentQueue<(SwarmMember Member, bool? WasDropped)> _answers = new();
    readonly Dictionary<SwarmMember, int> _denials = [];
    readonly HashSet<(SwarmMember Member, long Start)> _wrongFrom = [];
    readonly HashSet<SwarmMember> _named = [];
    readonly SwarmSuspects _suspects;
    int _searches;

    /// <summary>All is here and the digest disagrees: drops what is wrong, or may be. False when nobody can tell what that is.</summary>
    public async Task<bool> FindWrongAsync(CancellationToken cancellationToken)
    {
        if (_searches++ >= MostSearches)
            return false;
        var suspicion = await _proof.SuspectAsync([.. _peers.Keys], _time, cancellationToken);
        if (suspicion.Ranges.Count is 0)
            return false;
        if (suspicion.IsProven)
            Blame(suspicion.Ranges, cancellationToken);
        await DropAsync(suspicion.Ranges);
        if (!suspicion.IsProven && _sources.Keys.Any(member => member is { IsUpstream: true, IsOut: false }))
            foreach (var peer in _peers.Values) // Who of them is right nobody knows: what differs comes from the upstream.
                peer.IsOut = true;
        return true;
    }

    /// <summary>The digest agrees: whose bytes had to be dropped before is no secret any more.</summary>
    public void NameGuilty()
    {
        foreach (var giver in _suspects.Guilty())
            Name(giver);
    }

    async Task DropWrongAsync(CancellationToken cancellationToken)
    {
        while (_proof.TryTake(out var wrong))
        {
            Blame(wrong, cancellationToken);
            await DropAsync(wrong);
        }
        while (_answers.TryDequeue(out var answer))
            if (answer.WasDropped is false && (_denials[answer.Member] = _denials.GetValueOrDefault(answer.Member) + 1) > MostDenials)
                LeaveOut(answer.Member);
    }

    async Task DropAsync(IReadOnlyList<ByteRange> ranges)
    {
        _suspects.Note(ranges);
        await _partial.ForgetAsync(ranges);
        foreach (var range in ranges)
        {
            _progress.Dropped(_givers.Of(range) is { Count: 1 } givers ? _sources[givers.Single()].Kind : SourceKind.Peer, range.Length);
            _givers.Forget(range);
            for (var piece = _live.Grid.PieceAt(range.Start); piece <= _live.Grid.PieceAt(range.End - 1); piece++)
                _schedule.Drop(piece);
        }
    }

    // Only one who alone gave the bytes is blamed. A peer may have passed on what it was given: it is told, and checks again.
    void Blame(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken)
    {
        foreach (var range in ranges)
        {
            _progress.Retried();
            if (_givers.Of(range) is not { Count: 1 } givers)
                continue;
            var giver = givers.Single();
            Name(giver);
            var error = new SourceException(SourceFault.WrongBytes, $"{giver.Name} sent wrong bytes");
            if (giver.IsUpstream || !_wrongFrom.Add((giver, range.Start)))
            {
                _roster.Strike(_sources[giver], error);
                if (!giver.IsUpstream || _roster.RestOf(_sources[giver]) is null)
                    LeaveOut(giver);
            }
            else if (giver.Node is { } node)
            {
                _ = ComplainAsync(giver, node, range, cancellationToken);
            }
        }
    }

    void Name(SwarmMember giver)
    {
        if (_named.Add(giver))
            _warn($"{giver.Name} sent wrong bytes of {_file}: they were dropped and fetched again");
    }

    async Task ComplainAsync(SwarmMember giver, ulong node, ByteRange range, CancellationToken cancellationToken)
    {
        try
        {
            _answers.Enqueue((giver, await _crowd.ComplainAsync(node, range, cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            return; // The transfer ends.
        }
        _ready.Beat();
    }

    void LeaveOut(SwarmMember member)
    {
        if (member.IsOut)
            return;
        member.IsOut = true;
        _schedule.Leave(member);
        _sources[member].Misbehaved(new(SourceFault.WrongBytes, $"{member.Name} sent wrong bytes more than once"));
        _warn($"{member.Name} sent wrong bytes of {_file} more than once and is left out; nothing wrong was kept");
    }

    // A peer says that what it got from here is wrong: it has the list that tells, or somebody else has.
    async Task<bool> DoubtAsync(ByteRange range, ulong from, CancellationToken cancellationToken)
    {
        if (!_proof.HasList && !await _proof.TryAskAsync(from, cancellationToken))
            return false;
        return _live.Available(range) is not { } here || here < range.Length || _proof.IsWrong(range);
    }
}
