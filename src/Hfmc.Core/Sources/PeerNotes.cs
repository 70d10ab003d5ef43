using Hfmc.Core.Peers;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Sources;

/// <summary>
/// What one command tells the next about peers that were silent: <c>peers.json</c> in the run folder, in the form of
/// <see cref="FailureNotes"/>. Each note names the book of peers by the time when that was written: of another book it counts as absent.
/// </summary>
sealed class PeerNotes(RunFolder run, TimeProvider time)
{
    readonly FailureNotes _notes = new(run, "peers.json", most: 1024, time);

    public void Read(SilentPeers silent)
    {
        foreach (var note in _notes.Read())
            if (note.Book == silent.BookWritten.Ticks && PeerAddress.TryParse(note.Source, null, out var peer))
                silent.Recall(peer, note.Ago);
    }

    public void Write(SilentPeers silent) =>
        _notes.Write(silent.All.Select(peer => new FailureNote(peer.Peer.ToString(), peer.Ago, Book: silent.BookWritten.Ticks)));
}
