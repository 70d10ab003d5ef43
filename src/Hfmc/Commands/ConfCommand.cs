using System.CommandLine;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary><c>conf KEY set|get|reset</c> for every entry of <see cref="SettingKeys"/>, and <c>conf show</c>.</summary>
static class ConfCommand
{
    public const string Name = "conf";

    public static Command Create()
    {
        var group = new Command(Name, "Show and change settings").WithExamples("hfmc conf cache set /data/models", "hfmc conf port get", "hfmc conf show");
        foreach (var key in SettingKeys.All)
            group.Subcommands.Add(new Command(key.Name, $"{key.Meaning} (default {key.DefaultText})")
            {
                ConfSetCommand.Create(key),
                Get(key),
                Reset(key),
            });
        group.Subcommands.Add(ConfShowCommand.Create());
        return group;
    }

    static Command Get(SettingKey key) => new Command("get", "Print the value that holds")
        .WithExamples($"hfmc conf {key} get")
        .Runs((session, _, _) =>
        {
            var chosen = HfmcSettings.Look(key, session.Environment);
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(SettingJson.Of(chosen), CliJson.Plain.SettingJson);
            else
                foreach (var word in chosen.Words)
                    session.Terminal.Data(word);
            return Task.FromResult(ExitCode.Ok);
        });

    static Command Reset(SettingKey key) => new Command("reset", "Back to the default")
        .WithExamples($"hfmc conf {key} reset")
        .Runs(async (session, _, cancellationToken) =>
        {
            var changed = new ConfigFile(session.Home.ConfigFile).Reset(key);
            if (!changed)
                session.Terminal.Say($"{key} was not set");
            await ConfReport.SayAsync(session, key, SettingOrigin.Default, changed, cancellationToken);
            return ExitCode.Ok;
        });
}
