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
                var before = HfmcSettings.Look(key, session.Environment).Text;
                if (key == SettingKeys.Cache)
                    OpenCaches(session, value.GetValue<string>(), before);
                new ConfigFile(session.Home.ConfigFile).Set(key, value);
                SayWhatFollows(session, key, before);
                await ConfReport.SayAsync(session, key, SettingOrigin.ConfigFile, changed: true, cancellationToken);
                return ExitCode.Ok;
            });
    }

    // Made here and now: a chosen folder that is not there later is a disk that is not mounted, and never made again.
    static void OpenCaches(Session session, string chosen, string before)
    {
        session.OpenCache(chosen, isDefault: false).MustBeWritable();
        // It becomes a former cache, which 'uninstall' names.
        if (Directory.Exists(before))
            new UsedCaches(session.Home).Note(before);
    }

    static void SayWhatFollows(Session session, SettingKey key, string before)
    {
        var now = HfmcSettings.Look(key, session.Environment).Text;
        if (key == SettingKeys.Cache && now != before && Directory.Exists(before))
            session.Terminal.Say($"the cache is now {now}; what is in {before} stays there");
        if (key == SettingKeys.TokenHosts && now != before && now != "none")
            session.Terminal.Warn($"your token will be sent to {now} as well");
    }

    static string ExampleOf(SettingKey key) => $"hfmc conf {key} set " + key.Name switch
    {
        "cache" => "/data/models",
        "port" => "9191",
        "bind" => "192.168.1.20",
        "sources" => "https://huggingface.co",
        "token-hosts" => "hub.example.org",
        "peers" => "off",
        "allow" => "192.168.1.0/24 fd00::/8",
        "deny" => "192.168.1.66",
        "limit.up" or "limit.down" => "50MB/s",
        "limit.wan" => "100Mbit/s",
        "hub.open" => "lan",
        "hub.xet" => "on",
        _ => key.DefaultText,
    };
}
