using System.Collections;

namespace Hfmc.Core.Settings;

/// <summary>The environment variables, read once. The only door to them: tests pass their own.</summary>
public sealed class ProcessEnvironment(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>The variable's text, or null when it is unset or empty.</summary>
    public string? this[string name] => variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The variable's text as it is, also when that is empty; null when it is unset.</summary>
    public string? Raw(string name) => variables.GetValueOrDefault(name);

    public static ProcessEnvironment Current() =>
        new(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal));

    /// <summary>huggingface_hub's notion of a boolean: 1, ON, YES or TRUE in any case.</summary>
    public bool IsTrue(string name) => this[name]?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    /// <summary>The same variables but one.</summary>
    public ProcessEnvironment Without(string name) =>
        new(variables.Where(variable => variable.Key != name).ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal));
}
