using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>
/// What one command tells the next about upstreams that did not answer: <c>upstreams.json</c> in the run folder, in the form of
/// <see cref="FailureNotes"/>.
/// </summary>
public sealed class UpstreamNotes(RunFolder run, TimeProvider time)
{
    readonly FailureNotes _notes = new(run, "upstreams.json", most: 16, time);

    public void Read(UpstreamBackoff backoff)
    {
        foreach (var note in _notes.Read())
            if (Uri.TryCreate(note.Source, UriKind.Absolute, out var address))
                backoff.Recall(address, note.Ago, note.Why);
    }

    public void Write(UpstreamBackoff backoff) =>
        _notes.Write(backoff.Failures.Select(failure => new FailureNote(failure.Upstream.AbsoluteUri, failure.Ago, failure.Why)));
}
