using System.CommandLine;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class UninstallCommand
{
    public static Command Create()
    {
        var command = new Command("uninstall", "Remove what hfmc created, and only that: models, settings, program");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var keepModels = new Option<bool>("--keep-models") { Description = "Leave all models where they are" };
        var deleteImported = new Option<bool>("--delete-imported") { Description = "Remove also the models that were imported from a local folder" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be removed" };
        foreach (var option in new Option[] { yes, dryRun, keepModels, deleteImported })
            command.Options.Add(option);
        return command
            .WithExamples("hfmc uninstall", "hfmc uninstall --dry-run", "hfmc uninstall --keep-models", "hfmc uninstall -y --delete-imported")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var uninstall = new Uninstall(session, parsed.GetValue(keepModels), parsed.GetValue(deleteImported));
                var plan = uninstall.Look();
                Show(session, plan);
                if (parsed.GetValue(dryRun))
                {
                    if (session.Terminal.Mode.Json)
                        session.Terminal.Json(plan, CliJson.Plain.UninstallJson);
                    return ExitCode.Ok;
                }
                if (!Consent.Given(session, parsed.GetValue(yes), "remove all this?"))
                {
                    session.Terminal.Say("nothing was removed");
                    return ExitCode.Ok;
                }
                var done = await uninstall.RunAsync(cancellationToken);
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(done, CliJson.Plain.UninstallJson);
                else
                    session.Terminal.Say($"hfmc is uninstalled, {Size.Text(done.Bytes)} freed");
                return ExitCode.Ok;
            });
    }

    static void Show(Session session, UninstallJson plan)
    {
        var terminal = session.Terminal;
        terminal.Say($"goes ({Size.Text(plan.Bytes)}):");
        foreach (var item in plan.Removed)
            terminal.Say($"  {Size.Text(item.Bytes),9}  {item.What}{((item.Path ?? item.Cache) is { } path ? $"  {path}" : "")}");
        terminal.Say("stays:");
        foreach (var item in plan.Stays)
            terminal.Say($"             {item.What}: {item.Reason}");
        var login = new TokenStore(session.Environment).TokenFile;
        terminal.Say(File.Exists(login)
            ? $"             the login in {login}: huggingface_hub uses it too; 'hfmc auth logout' ends it"
            : "             a login, if there is one: it is huggingface_hub's too");
    }
}
