using Hfmc.Core.Planning;

namespace Hfmc.Output;

/// <summary>Progress for logs and pipes: a line every few seconds, and one at the end.</summary>
sealed class AddLines(Terminal terminal, AddRequest request) : AddDisplay
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    readonly TimeProvider _time = TimeProvider.System;
    readonly long _begun = TimeProvider.System.GetTimestamp();
    TimeSpan _next = Pause;
    string? _waits;

    protected override Terminal Terminal => terminal;

    public override void Dispose()
    {
    }

    protected override void Draw(AddView view)
    {
        var elapsed = _time.GetElapsedTime(_begun);
        // At once, and once.
        if (view.Waits is { } why && why != _waits)
        {
            terminal.Say($"{request.Repo}: {why}");
            _next = elapsed + Pause;
        }
        _waits = view.Waits;
        if (elapsed < _next)
            return;
        _next = elapsed + Pause;
        terminal.Say(view.Planned
            ? $"{request.Repo}: {Size.Text(view.Held)} of {Size.Text(view.Bytes)} ({(view.Bytes is 0 ? 100 : 100 * view.Held / view.Bytes)} %, {Origins(view.Sources, view.Givers, "nothing yet")})"
            : $"{request.Repo}: looking for {request.Revision}");
    }

    protected override void Close(AddOutcome outcome)
    {
        if (!request.DryRun)
            terminal.Say(Summary(outcome));
    }
}
