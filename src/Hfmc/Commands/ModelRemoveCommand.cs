using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelRemoveCommand
{
    public static Command Create()
    {
        var command = new Command("rm", "Remove a repo, a revision or a file from the cache; a download of it that runs is cancelled");
        command.Aliases.Add("remove");
        var repo = new RepoOptions().AddTo(command);
        var file = new Option<string?>("--file", "-f") { Description = "Only this file", HelpName = "FILE" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        command.Options.Add(file);
        command.Options.Add(yes);

        return command
            .WithExamples("hfmc model rm -r prajjwal1/bert-medium", "hfmc model rm -r prajjwal1/bert-medium -v main -y", "hfmc model rm -r prajjwal1/bert-medium -f pytorch_model.bin")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var name = repo.Repo(parsed);
                var removal = new ModelRemoval(session.Cache(), session.Time);
                var path = parsed.GetValue(file) is { } text ? FilePath.Parse(text) : (FilePath?)null;
                ModelRemovalPlan Plan() => removal.Plan(name, repo.TryRevision(parsed), path);

                ModelRemovalPlan plan;
                try
                {
                    plan = Plan();
                }
                catch (NotFoundException)
                {
                    // A download that still looks for its files has put nothing here yet.
                    if (!await CancelAsync(session, name, cancellationToken))
                        throw;
                    Report(session.Terminal, ModelRemovalPlan.Nothing(name), new(0, []));
                    return ExitCode.Ok;
                }
                Show(session.Terminal, plan);
                if (!Consent.Given(session, parsed.GetValue(yes), $"remove this ({Size.Text(plan.Bytes)})?"))
                {
                    session.Terminal.Say("nothing was removed");
                    return ExitCode.Ok;
                }

                // What a cancelled download has left is part of what goes.
                if (await CancelAsync(session, name, cancellationToken))
                    plan = Plan();
                Report(session.Terminal, plan, await removal.ExecuteAsync(plan, cancellationToken));
                return ExitCode.Ok;
            });
    }

    static async Task<bool> CancelAsync(Session session, RepoId repo, CancellationToken cancellationToken)
    {
        using var daemon = session.Daemon();
        if (await daemon.StatusAsync(cancellationToken) is not { } status || status.Cache != session.Settings.CacheFolder)
            return false;
        if (await daemon.CancelAsync(new(repo.Type.Singular(), repo.Id), cancellationToken) is 0)
            return false;
        session.Terminal.Say($"cancelled the download of {repo} that was running");
        return true;
    }

    static void Show(Terminal terminal, ModelRemovalPlan plan)
    {
        var cached = plan.Cached;
        terminal.Say(cached.WholeRepo ? $"{cached.Repo}: all of it, {Size.Count(cached.Commits.Count, "revision")}" : $"of {cached.Repo}:");
        foreach (var commit in cached.Commits)
            terminal.Say($"  revision {commit.Short}");
        if (cached.Refs.Count > 0)
            terminal.Say($"  refs {string.Join(", ", cached.Refs.Select(name => name.Text))}");
        foreach (var file in cached.Files)
            terminal.Say($"  {file.Path} at {file.Commit.Short}");
        if (cached.Blobs.Count > 0)
            terminal.Say($"  {Size.Count(cached.Blobs.Count, "blob")} that nothing else uses, {Size.Text(cached.Bytes)}");
        if (plan.Partials.Blobs.Count > 0)
            terminal.Say($"  {Size.Count(plan.Partials.Blobs.Count, "unfinished download")}, up to {Size.Text(plan.Partials.Bytes)}");
    }

    static void Report(Terminal terminal, ModelRemovalPlan plan, RemovalOutcome done)
    {
        if (terminal.Mode.Json)
            terminal.Json(RemovalJson.Of(plan, done), CliJson.Plain.RemovalJson);
        else
            terminal.Say($"removed, {Size.Text(done.Bytes)} freed");
        if (done.Busy.Count > 0)
            terminal.Warn($"another program is at work on {Size.Count(done.Busy.Count, "blob")}, which stay: run 'hfmc model prune' later");
    }
}
