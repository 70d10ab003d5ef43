namespace Hfmc.Core.Settings;

/// <summary>
/// Where hfmc's own files are. The home folder (<c>HFMC_HOME</c>, default <c>~/.hfmc</c>) may be shared by machines;
/// what belongs to one machine is in <see cref="NodeFolder"/>, and what to one run of it in <see cref="Run"/>.
/// </summary>
public sealed class HomePaths
{
    internal const string Variable = "HFMC_HOME";

    HomePaths(string home, string origin, MachineId machine, RunFolder run) =>
        (Home, Origin, Machine, Run) = (home, origin, machine, run);

    /// <summary>The home folder, absolute.</summary>
    public string Home { get; }

    /// <summary>Who chose <see cref="Home"/>: <c>environment HFMC_HOME</c> or <c>default</c>.</summary>
    public string Origin { get; }

    public MachineId Machine { get; }

    public RunFolder Run { get; }

    public string ConfigFile => Path.Combine(Home, "config.json");

    /// <summary>What this machine alone owns in the home folder: <c>nodes/{machine-id}</c>.</summary>
    public string NodeFolder => Path.Combine(Home, "nodes", Machine.Text);

    /// <summary>Reads the environment and makes nothing.</summary>
    public static HomePaths From(ProcessEnvironment environment)
    {
        var said = environment.Trimmed(Variable);
        var home = Path.TrimEndingDirectorySeparator(PathText.Absolute(said ?? "~/.hfmc", Variable, environment));
        var machine = MachineId.From(environment);
        return new(home, said is null ? SettingOrigin.Default : SettingOrigin.Of(Variable), machine, RunFolder.For(home, machine, environment));
    }
}
