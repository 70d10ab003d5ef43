using System.CommandLine;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelPruneCommand
{
    public static Command Create()
    {
        var command = new Command("prune", "Remove what lies in the cache without use: downloads nobody wants any more, blobs without a file");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be removed" };
        command.Options.Add(yes);
        command.Options.Add(dryRun);

        return command
            .WithExamples("hfmc model prune --dry-run", "hfmc model prune -y")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var cache = session.Cache();
                var (blobs, partials) = (new CachePrune(cache, session.Time), new PartialPrune(cache, new RepoRecords(cache), session.Time));
                var (orphaned, abandoned) = (blobs.Plan(repo: null), partials.Plan());
                var useless = PrunedJson.Of(orphaned, abandoned);
                Show(session.Terminal, useless, orphaned.Leftovers, isResult: parsed.GetValue(dryRun));
                if (parsed.GetValue(dryRun))
                    return Report(session.Terminal, new(true, useless.Sum(file => file.Bytes), useless, []));
                if (useless.Count is 0)
                    return Report(session.Terminal, new(false, 0, [], []));
                if (!Consent.Given(session, parsed.GetValue(yes), $"remove these ({Size.Text(useless.Sum(file => file.Bytes))})?"))
                {
                    session.Terminal.Say("nothing was removed");
                    return ExitCode.Ok;
                }

                var first = await partials.ExecuteAsync(abandoned, TimeSpan.Zero, cancellationToken);
                var second = await blobs.ExecuteAsync(orphaned, cancellationToken);
                return Report(session.Terminal, new(false, first.Bytes + second.Bytes, useless, [.. first.Busy.Concat(second.Busy).Select(etag => etag.Text)]));
            });
    }

    // The list is the data of a dry run, else it only leads up to the question.
    static void Show(Terminal terminal, IReadOnlyList<PrunedJson> useless, IReadOnlyList<Leftover> leftovers, bool isResult)
    {
        foreach (var file in terminal.Mode.Json ? [] : useless)
            if (isResult)
                terminal.Data($"{file.Kind}\t{Size.Text(file.Bytes)}\t{file.Path}");
            else
                terminal.Say($"  {file.Kind,-9} {Size.Text(file.Bytes),9}  {file.Path}");
        if (leftovers.Count > 0)
            terminal.Say($"{Size.Count(leftovers.Count, "unfinished download")} of other programs ({Size.Text(leftovers.Sum(file => file.Size))}) stay; delete them by hand if nothing uses them, such as {leftovers[0].Path}");
    }

    static int Report(Terminal terminal, PruneJson done)
    {
        if (terminal.Mode.Json)
            terminal.Json(done, CliJson.Plain.PruneJson);
        else if (done.DryRun)
            terminal.Say($"would remove {Size.Count(done.Files.Count, "file")}, up to {Size.Text(done.Bytes)}");
        else
            terminal.Say(done.Files.Count is 0 ? "nothing to prune" : $"removed, {Size.Text(done.Bytes)} freed");
        if (done.Busy.Count > 0)
            terminal.Warn($"another program is at work on {Size.Count(done.Busy.Count, "blob")}, which stay");
        return ExitCode.Ok;
    }
}
