using Hfmc.Core.Planning;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hfmc.Output;

/// <summary>Progress for a person: one bar for each file under way and one in all, with speed, time left and source.</summary>
sealed class AddBars : AddDisplay
{
    // The speed of the last few seconds, not of the whole run: what the time left is reckoned from.
    static readonly TimeSpan SpeedWindow = TimeSpan.FromSeconds(5);
    const int BarWidth = 24, NameWidth = 40;

    readonly Terminal _terminal;
    readonly AddRequest _request;
    readonly Queue<(long At, long Held)> _samples = new();
    readonly TaskCompletionSource _closed = new();
    readonly Task _live;
    LiveDisplayContext? _context;

    public AddBars(Terminal terminal, AddRequest request)
    {
        (_terminal, _request) = (terminal, request);
        _live = terminal.Talk.Live(new Text($"{request.Repo}: looking for {request.Revision}")).AutoClear(true).StartAsync(context =>
        {
            _context = context;
            return _closed.Task;
        });
    }

    protected override Terminal Terminal => _terminal;

    public override void Dispose()
    {
        _closed.TrySetResult();
        // Short: the picture ends with the line above, and what is said next must not mix with it.
        _live.Wait();
    }

    protected override void Draw(AddView view)
    {
        if (view.Planned)
            _context?.UpdateTarget(Picture(view));
        else
            _context?.UpdateTarget(new Text(view.Waits is { } why ? $"{_request.Repo}: {why}" : $"{_request.Repo}: looking for {_request.Revision}"));
    }

    protected override void Close(AddOutcome outcome)
    {
        Dispose();
        if (!_request.DryRun)
            _terminal.Say(Summary(outcome));
    }

    Rows Picture(AddView view)
    {
        var speed = SpeedOf(view.Held);
        var left = speed > 1 ? $"{Size.Time(TimeSpan.FromSeconds((view.Bytes - view.Held) / speed))} left" : "";
        var rows = new List<IRenderable>();
        foreach (var file in view.Running.Where(file => file.Held > 0).Take(8))
            rows.Add(Line(Shorten(file.Path), file.Held, file.Size, file.Source ?? ""));
        if (view.Waits is { } why)
            rows.Add(new Text(why));
        rows.Add(Line($"{_request.Repo} ({Size.Count(view.Files, "file")})", view.Held, view.Bytes, $"{Size.Speed(speed)}  {left}  {Origins(view.Sources, view.Givers, "nothing yet")}"));
        return new(rows);
    }

    static Markup Line(string name, long held, long size, string note)
    {
        var filled = size is 0 ? BarWidth : (int)(BarWidth * held / size);
        var bar = $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]";
        return new($"{Markup.Escape(name.PadRight(NameWidth))} {bar} {Size.Text(held),9} of {Size.Text(size),-9} {Markup.Escape(note)}");
    }

    static string Shorten(string path) => path.Length <= NameWidth ? path : $"…{path[^(NameWidth - 1)..]}";

    double SpeedOf(long held)
    {
        var now = TimeProvider.System.GetTimestamp();
        _samples.Enqueue((now, held));
        while (_samples.Count > 2 && TimeProvider.System.GetElapsedTime(_samples.Peek().At, now) > SpeedWindow)
            _samples.Dequeue();
        var (at, before) = _samples.Peek();
        var seconds = TimeProvider.System.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? Math.Max(0, held - before) / seconds : 0;
    }
}
