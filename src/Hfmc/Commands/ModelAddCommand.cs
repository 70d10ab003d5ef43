using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelAddCommand
{
    public static Command Create()
    {
        var command = new Command("add", "Bring a model into the cache: from LAN peers, else from the mirror, else from the Hub");
        var repo = new RepoOptions().AddTo(command);
        var files = new Option<string[]>("--file", "-f") { Description = "Only this file (may be repeated)", HelpName = "FILE" };
        var include = new Option<string[]>("--include") { Description = "Only files that match, such as '*.safetensors' (may be repeated)", HelpName = "GLOB" };
        var exclude = new Option<string[]>("--exclude") { Description = "No files that match (may be repeated)", HelpName = "GLOB" };
        var localDir = new Option<string?>("--local-dir") { Description = "Also put the files into this folder", HelpName = "DIR" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be fetched" };
        var force = new Option<bool>("--force") { Description = "Fetch again what is here already" };
        var detach = new Option<bool>("--detach") { Description = "Leave the download to the daemon and return" };
        var from = new Option<AllowedSources>("--from") { Description = "Where bytes may come from (default any)", HelpName = "peers|upstream|any" };
        var patience = new Option<string>("--patience") { Description = "Give up after this time without a byte", HelpName = "TIME", DefaultValueFactory = _ => "5m" };
        foreach (var option in new Option[] { files, include, exclude, localDir, dryRun, force, detach, from, patience })
            command.Options.Add(option);

        return command
            .WithExamples(
                "hfmc model add -r prajjwal1/bert-medium",
                "hfmc model add -r prajjwal1/bert-medium -f pytorch_model.bin",
                "hfmc model add -r datasets/nyu-mll/glue -v refs/convert/parquet --include 'cola/*'")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var request = new AddRequest(repo.Repo(parsed), repo.Revision(parsed))
                {
                    Files = [.. (parsed.GetValue(files) ?? []).Select(FilePath.Parse)],
                    Include = parsed.GetValue(include) ?? [],
                    Exclude = parsed.GetValue(exclude) ?? [],
                    DryRun = parsed.GetValue(dryRun),
                    Force = parsed.GetValue(force),
                    From = parsed.GetValue(from),
                    Patience = Duration.Parse(parsed.GetValue(patience) ?? "5m"),
                };
                if (request.Files.Count > 0 && request.Include.Count + request.Exclude.Count > 0)
                    throw new InputException("-f names files, --include and --exclude choose by pattern: use one or the other");

                var folder = parsed.GetValue(localDir) is { } named ? session.Folder(named, "--local-dir") : null;

                var done = await new Adding(session).RunAsync(request, parsed.GetValue(detach), cancellationToken);
                if (done is not null)
                    Report(session, request, done, folder is not null && !request.DryRun
                        ? LocalFolder.Place(session.Cache(), folder, request, CommitOf(done), session.Time, cancellationToken)
                        : done.Path);
                return ExitCode.Ok;
            });
    }

    static CommitId CommitOf(AddOutcome done) =>
        CommitId.TryParse(done.Commit, out var commit) ? commit : throw new InputException($"'{done.Commit}' is no commit");

    static void Report(Session session, AddRequest request, AddOutcome done, string path)
    {
        var terminal = session.Terminal;
        if (terminal.Mode.Json)
        {
            terminal.Json(AddJson.Of(done) with { Path = path }, CliJson.Plain.AddJson);
            return;
        }
        foreach (var file in request.DryRun ? done.Plan : [])
            terminal.Data($"{(file.Held ? "here" : "fetch")}\t{Size.Text(file.Size)}\t{file.Path}");
        if (request.DryRun)
            terminal.Say($"would fetch {Size.Text(done.Plan.Where(file => !file.Held).Sum(file => file.Size))} in {done.Plan.Count(file => !file.Held)} of {done.Plan.Count} files");
        else
            terminal.Data(path);
    }
}
