using Hfmc.Core.Settings;

namespace Hfmc.Core.Installation;

/// <summary>The systemd user unit that starts the daemon: <c>~/.config/systemd/user/hfmc.service</c>.</summary>
public sealed class UserService(ProcessEnvironment environment)
{
    public const string Name = "hfmc.service";

    /// <summary>Absolute; the folder need not exist.</summary>
    public string UnitFile { get; } = Path.Combine(ConfigFolder(environment), "systemd", "user", Name);

    /// <summary>The unit for a program at an absolute path.</summary>
    /// <exception cref="InputException">A path that a unit cannot name.</exception>
    public static string Unit(string program, IEnumerable<(string Name, string Value)> variables)
    {
        // systemd takes the program's path as it stands, and yet would replace variables in it.
        if (program.Contains('$'))
            throw new InputException($"{program} has a $ in its path, which systemd does not take: move the program");
        return $"""
            [Unit]
            Description=hfmc, which shares Hugging Face models in the LAN

            [Service]
            Type=exec
            {string.Concat(variables.Select(variable => $"Environment={Quote($"{variable.Name}={variable.Value}")}\n"))}ExecStart={Quote(program)} daemon run
            Restart=on-failure
            RestartSec=5

            [Install]
            WantedBy=default.target

            """.ReplaceLineEndings("\n");
    }

    // systemd.syntax(7) and, for %, systemd.unit(5).
    static string Quote(string text) => text.Any(char.IsControl)
        ? throw new InputException($"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}' holds control characters, which have no place in a systemd unit")
        : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("%", "%%")}\"";

    static string ConfigFolder(ProcessEnvironment environment) =>
        environment.Trimmed("XDG_CONFIG_HOME") is { } folder && Path.IsPathFullyQualified(folder) ? folder : Path.Combine(PathText.UserHome(environment), ".config");
}
