using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Installation;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>The daemon as a systemd user unit.</summary>
static class ServiceCommand
{
    static readonly string[] s_reload = ["daemon-reload"], s_enable = ["enable", "--now", UserService.Name], s_disable = ["disable", "--now", UserService.Name];

    public static Command Create() => new Command("service", "Start the daemon with the machine (systemd)")
    {
        new Command("install", "Start the daemon now and at each login, as a systemd user unit").WithExamples("hfmc service install").Runs(InstallAsync),
        new Command("remove", "Stop the daemon and start it no more").WithExamples("hfmc service remove").Runs(RemoveAsync),
    }.WithExamples("hfmc service install");

    static async Task<int> InstallAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var service = Service(session);
        PrivateFile.Write(service.UnitFile, System.Text.Encoding.UTF8.GetBytes(UserService.Unit(Program(), Variables(session))), DiskPlace.Service);
        session.Terminal.Say($"wrote {service.UnitFile}");
        var usable = await Systemctl.IsUsableAsync(cancellationToken);
        if (usable)
        {
            // The unit's daemon could not start beside it.
            await DaemonControl.EndAsync(session, cancellationToken);
            await MustRunAsync(s_reload, cancellationToken);
            await MustRunAsync(s_enable, cancellationToken);
            session.Terminal.Say("the daemon runs now, and again after each login; to start it without a login: loginctl enable-linger");
        }
        else
            session.Terminal.Say($"no systemd answers here; where it does, run: {Line(s_reload)} && {Line(s_enable)}");
        return Report(session, service, usable);
    }

    static async Task<int> RemoveAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var service = Service(session);
        if (!await RemoveAsync(session, service, cancellationToken))
            session.Terminal.Say($"there is no service: {service.UnitFile} does not exist");
        return Report(session, service, enabled: false);
    }

    /// <summary>Undoes the installation of the service; false when there is none.</summary>
    public static async Task<bool> RemoveAsync(Session session, UserService service, CancellationToken cancellationToken)
    {
        if (!File.Exists(service.UnitFile))
            return false;
        var usable = await Systemctl.IsUsableAsync(cancellationToken);
        if (usable && await Systemctl.RunAsync(s_disable, cancellationToken) is { } said)
            session.Terminal.Warn($"'{Line(s_disable)}' failed: {said}");
        PrivateFile.Delete(service.UnitFile, DiskPlace.Service);
        session.Terminal.Say($"removed {service.UnitFile}");
        if (usable)
            await Systemctl.RunAsync(s_reload, cancellationToken);
        else
            session.Terminal.Say($"no systemd answers here; if it has started the daemon, run: {Line(["stop", UserService.Name])} && {Line(s_reload)}");
        return true;
    }

    static async Task MustRunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        if (await Systemctl.RunAsync(arguments, cancellationToken) is { } said)
            throw new HfmcException(FailureKind.Unexpected, $"'{Line(arguments)}' failed: {said}; see 'journalctl --user -u {UserService.Name}'");
    }

    static int Report(Session session, UserService service, bool enabled)
    {
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(new(service.UnitFile, File.Exists(service.UnitFile), enabled), CliJson.Plain.ServiceJson);
        return ExitCode.Ok;
    }

    static UserService Service(Session session) => OperatingSystem.IsLinux()
        ? new(session.Environment)
        : throw new InputException("a service is built for systemd on Linux only: let this system's own way of starting programs run 'hfmc daemon run'");

    static string Program() => Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) is not "dotnet"
        ? program
        : throw new InputException("this hfmc is run by 'dotnet', and a service needs the program itself: run ./install, then its hfmc");

    // What a login shell sets for a person, systemd does not.
    static IEnumerable<(string Name, string Value)> Variables(Session session)
    {
        if (session.Home.Origin != SettingOrigin.Default)
            yield return ("HFMC_HOME", session.Home.Home);
        if (SettingKeys.Cache.OverriddenBy(session.Environment) is { } variable)
            yield return (variable, session.Settings.CacheFolder);
    }

    static string Line(string[] arguments) => $"systemctl --user {string.Join(' ', arguments)}";
}
