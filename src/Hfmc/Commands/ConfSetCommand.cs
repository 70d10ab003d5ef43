using System.CommandLine;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;

namespace Hfmc.Commands;

static class ConfSetCommand
{
    public static Command Create(SettingKey key)
    {
        var command = new Command("set", "Store a value in config.json");
        var values = new Argument<string[]>("VALUE") { Description = key.Meaning, Arity = ArgumentArity.ZeroOrMore, HelpName = "VALUE" };
        command.Arguments.Add(values);
        return command
            .WithExamples(ExampleOf(key))
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var value = key.Normalise(parsed.GetValue(values) ?? [], session.Environment);
                // Made here and now: a chosen folder that is not there later is a disk that is not mounted, and never made again.
                if (key == SettingKeys.Cache)
                    CacheFolder.Open(value.GetValue<string>(), mayCreate: true).MustBeWritable();
                new ConfigFile(session.Home.ConfigFile).Set(key, value);
                await ConfReport.SayAsync(session, key, SettingOrigin.ConfigFile, changed: true, cancellationToken);
                return ExitCode.Ok;
            });
    }

    static string ExampleOf(SettingKey key) => $"hfmc conf {key} set " + key.Name switch
    {
        "cache" => "/data/models",
        "port" => "9191",
        "bind" => "192.168.1.20",
        "sources" => "https://huggingface.co",
        "token-hosts" => "hub.example.org",
        "peers" => "off",
        _ => key.DefaultText,
    };
}
