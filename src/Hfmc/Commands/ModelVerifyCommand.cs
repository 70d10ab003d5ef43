using System.CommandLine;
using Hfmc.Core;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelVerifyCommand
{
    public static Command Create()
    {
        var command = new Command("verify", "Read the cache and hold every file against its digest");
        var repo = new RepoOptions().AddTo(command);
        var repair = new Option<bool>("--repair") { Description = "Fetch again what is wrong or missing" };
        command.Options.Add(repair);

        return command
            .WithExamples("hfmc model verify", "hfmc model verify -r prajjwal1/bert-medium --repair")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var (name, revision) = (repo.TryRepo(parsed), repo.TryRevision(parsed));
                if (name is null && revision is not null)
                    throw new InputException("-v names a revision of one repo: say which with -r");

                var verifying = new Verifying(session);
                var files = await verifying.RunAsync(name, revision, cancellationToken);
                if (parsed.GetValue(repair))
                    files = await new Repairing(session, verifying).RunAsync(files, cancellationToken);
                return Report(session.Terminal, VerifyJson.Of(files), repaired: parsed.GetValue(repair));
            });
    }

    static int Report(Terminal terminal, VerifyJson found, bool repaired)
    {
        if (terminal.Mode.Json)
            terminal.Json(found, CliJson.Plain.VerifyJson);
        foreach (var file in terminal.Mode.Json ? [] : found.Wrong)
            terminal.Data($"wrong\t{file.Repo}\t{file.Commit}\t{file.File}\texpected {file.Expected}\t{(file.Actual is null ? "cannot be read" : $"has {file.Actual}")}");
        foreach (var file in terminal.Mode.Json ? [] : found.Missing)
            terminal.Data($"missing\t{file.Repo}\t{file.Commit}\t{file.File}");

        if (found.Unknown > 0)
            terminal.Say($"{Size.Count(found.Unknown, "file")} could not be checked: nothing tells the digest");
        if (found.Wrong.Count + found.Missing.Count is 0)
        {
            terminal.Say($"{Size.Count(found.Checked, "file")} checked, {Size.Text(found.Bytes)}: all good");
            return ExitCode.Ok;
        }
        terminal.Error($"{Size.Count(found.Checked, "file")} checked, {found.Wrong.Count} wrong, {found.Missing.Count} missing; "
            + (repaired ? "what is left could not be fetched again: see the warnings above" : "run 'hfmc model verify --repair' to fetch these again"));
        return ExitCode.Of(FailureKind.Corrupt);
    }
}
