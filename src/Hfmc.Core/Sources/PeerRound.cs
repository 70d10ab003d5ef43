using Hfmc.Core.Peers;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Sources;

/// <summary>
/// One command's questions to the peers in the book. Those that were silent for a command before it are given a moment only.
/// </summary>
public sealed class PeerRound : IAsyncDisposable
{
    readonly SilentPeers _silent;
    readonly PeerNotes _notes;

    /// <param name="book">Whose peers are asked; after a change of it each has its full time.</param>
    /// <param name="run">Where commands leave word for the next.</param>
    /// <param name="time">The clock.</param>
    public PeerRound(PeerBook book, RunFolder run, TimeProvider time)
    {
        (_silent, _notes) = (new(time), new(run, time));
        _silent.Follow(book.Written);
        _notes.Read(_silent);
    }

    /// <summary>This peer is given its full time, whatever it did before.</summary>
    public void Forget(PeerAddress peer) => _silent.Note(peer, null);

    /// <summary>Greets all of them together and asks each that answers; only the greeting of a silent one is cut short.</summary>
    public async Task<IReadOnlyList<PeerAnswer<T>>> AskAllAsync<T>(
        PeerClient client, IReadOnlyList<PeerAddress> peers, Func<PeerAddress, PeerHello, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken)
    {
        var answers = await PeerPoll.AskAllAsync(peers, async (peer, token) =>
        {
            var hello = _silent.Contains(peer)
                ? await _silent.GreetAsync(client, peer, ending => client.HelloAsync(peer, ending), token)
                : await _silent.WatchAsync(peer, () => client.HelloAsync(peer, token));
            return await ask(peer, hello, token);
        }, cancellationToken);
        _notes.Write(_silent);
        return answers;
    }

    /// <summary>Ends the greetings that nobody waits for any more.</summary>
    public ValueTask DisposeAsync() => _silent.DisposeAsync();
}
