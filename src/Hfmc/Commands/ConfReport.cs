using Hfmc.Core;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>What is said after a change of a setting: what holds now, why it may not be what was stored, and who learns of it when.</summary>
static class ConfReport
{
    public static async Task SayAsync(Session session, SettingKey key, string stored, bool changed, CancellationToken cancellationToken)
    {
        WarnOfTheRest(session);
        var chosen = HfmcSettings.Look(key, session.Environment);
        if (chosen.Origin != stored)
            session.Terminal.Warn($"{chosen.Origin} overrides it: {key} is {chosen.Text}");
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(SettingJson.Of(chosen), CliJson.Plain.SettingJson);
        if (!changed || !(key.NeedsRestart || key.DaemonIsTold))
            return;
        using var daemon = session.Daemon();
        if (await daemon.StatusAsync(cancellationToken) is not null && (key.NeedsRestart || !await daemon.TakeSettingsAsync(cancellationToken)))
            session.Terminal.Say("restart needed: hfmc daemon restart");
    }

    // The change is made; what else is wrong with the settings is worth a warning, not a failure.
    static void WarnOfTheRest(Session session)
    {
        try
        {
            _ = session.Settings;
        }
        catch (InputException error)
        {
            session.Terminal.Warn(error.Message);
        }
    }
}
