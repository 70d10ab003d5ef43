using System.CommandLine;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ConfShowCommand
{
    public static Command Create() => new Command("show", "Print all settings, and where each value comes from")
        .WithExamples("hfmc conf show", "hfmc conf show --json")
        .Runs((session, _, _) =>
        {
            var settings = session.Settings;
            SettingJson[] lines = [new("home", settings.Home.Home, settings.Home.Origin), .. settings.Chosen.Select(SettingJson.Of)];
            if (session.Terminal.Mode.Json)
            {
                session.Terminal.Json(lines, CliJson.Plain.SettingJsonArray);
                return Task.FromResult(ExitCode.Ok);
            }
            var table = new TextTable("KEY", "VALUE", "FROM");
            table.Add("home", settings.Home.Home, settings.Home.Origin);
            foreach (var chosen in settings.Chosen)
                table.Add(chosen.Key.Name, chosen.Text, chosen.Origin);
            table.WriteTo(session.Terminal);
            return Task.FromResult(ExitCode.Ok);
        });
}
