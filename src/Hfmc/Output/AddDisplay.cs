using Hfmc.Core.Planning;

namespace Hfmc.Output;

/// <summary>Shows an add as it goes: bars for a person who watches, a line every few seconds for a log, nothing when quiet.</summary>
abstract class AddDisplay : IDisposable
{
    int _warned;

    public static AddDisplay For(Terminal terminal, AddRequest request) => terminal switch
    {
        { Mode.Quiet: true } or { Mode.Json: true } => new Silent(terminal),
        { IsWatched: true, Talk.Profile.Capabilities.Ansi: true } => new AddBars(terminal, request),
        _ => new AddLines(terminal, request),
    };

    public void Show(AddView view)
    {
        WarnOf(view.Warnings);
        Draw(view);
    }

    public void Finish(AddOutcome outcome)
    {
        WarnOf(outcome.Warnings);
        Close(outcome);
    }

    public abstract void Dispose();

    protected abstract Terminal Terminal { get; }

    protected abstract void Draw(AddView view);

    protected abstract void Close(AddOutcome outcome);

    /// <summary>What the bytes came from, such as <c>3 peers 12.0 MB, mirror 3.1 MB</c>.</summary>
    protected static string Origins(AddBytes bytes, int givers, string whenNone = "nothing to fetch") => string.Join(", ",
        new[] { ("disk", bytes.Disk), (Size.Count(givers, "peer"), bytes.Peer), ("mirror", bytes.Mirror), ("hub", bytes.Hub) }
            .Where(part => part.Item2 > 0).Select(part => $"{part.Item1} {Size.Text(part.Item2)}").DefaultIfEmpty(whenNone));

    protected static string Summary(AddOutcome outcome) =>
        $"{outcome.Repo} at {outcome.Commit[..8]}: {Size.Count(outcome.Files, "file")}, {Size.Text(outcome.Bytes)} in {outcome.Seconds:0.0} s ({Origins(outcome.Sources, outcome.Givers)})";

    void WarnOf(IReadOnlyList<string> warnings)
    {
        for (; _warned < warnings.Count; _warned++)
            Terminal.Warn(warnings[_warned]);
    }

    sealed class Silent(Terminal terminal) : AddDisplay
    {
        protected override Terminal Terminal => terminal;

        public override void Dispose()
        {
        }

        protected override void Draw(AddView view)
        {
        }

        protected override void Close(AddOutcome outcome)
        {
        }
    }
}
