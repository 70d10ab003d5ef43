using System.Collections;

namespace Hfmc.Core.Settings;

/// <summary>The environment variables, read once. The only door to them: tests pass their own.</summary>
public sealed class ProcessEnvironment(IReadOnlyDictionary<string, string> variables)
{
    static readonly string[] s_paths =
        ["HFMC_HOME", "HFMC_CACHE", "HF_HOME", "HF_TOKEN_PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>The variable's text, or null when it is unset or empty.</summary>
    public string? this[string name] => variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The variable's text as it is, also when that is empty; null when it is unset.</summary>
    public string? Raw(string name) => variables.GetValueOrDefault(name);

    public static ProcessEnvironment Current() =>
        new(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal));

    /// <summary>The variable's text without the blanks and line ends around it; null when it is unset or blank.</summary>
    public string? Trimmed(string name) => this[name]?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The variables that hold relative paths, made absolute: for a process that starts in another folder.</summary>
    public IEnumerable<(string Name, string Path)> RelativePaths(string folder) =>
        from name in s_paths
        let path = Trimmed(name)
        where path is not null && path[0] is not ('~' or '$') && !Path.IsPathFullyQualified(path)
        select (name, Path.GetFullPath(path, folder));

    /// <summary>huggingface_hub's notion of a boolean: 1, ON, YES or TRUE in any case.</summary>
    public bool IsTrue(string name) => this[name]?.Trim().ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    /// <summary>The same variables but one.</summary>
    public ProcessEnvironment Without(string name) =>
        new(variables.Where(variable => variable.Key != name).ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal));
}
