using System.Text.Json.Nodes;

namespace Hfmc.Core.Settings;

/// <summary>One setting: how it is called, what it means, and how its words are read. The table of all is <see cref="SettingKeys"/>.</summary>
public abstract class SettingKey
{
    /// <summary>The name in <c>conf NAME set</c> and in config.json.</summary>
    public required string Name { get; init; }

    /// <summary>One line for help and documentation.</summary>
    public required string Meaning { get; init; }

    public required SettingForm Form { get; init; }

    /// <summary>The words that hold when nobody said anything; empty for a list with nothing in it.</summary>
    public required IReadOnlyList<string> Default { get; init; }

    /// <summary>The environment variable that says it, or null when there is none. Lists are split at spaces and commas.</summary>
    public string? Variable { get; init; }

    /// <summary>True when a running daemon takes a change at its next start only.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>True when a running daemon is told to read it again after a change; what is neither goes along with each command.</summary>
    public bool DaemonIsTold { get; init; }

    public string DefaultText => Default is [] ? "none" : string.Join(' ', Default);

    /// <summary>The variable that overrides config.json at this moment, or null.</summary>
    public string? OverriddenBy(ProcessEnvironment environment) =>
        Variable is not null && !string.IsNullOrWhiteSpace(environment[Variable]) ? Variable : null;

    /// <summary>What <c>conf NAME set WORDS</c> stores: checked and in its one normal form. An <see cref="InputException"/> names the key.</summary>
    public abstract JsonNode Normalise(IReadOnlyList<string> words, ProcessEnvironment environment);

    /// <summary>The first in order of option, environment, config.json and default that said something.</summary>
    internal abstract ChosenSetting Choose(SettingsInput options, ProcessEnvironment environment, SettingsInput config);

    public override string ToString() => Name;
}

/// <summary>A setting whose words mean a <typeparamref name="T"/>.</summary>
public sealed class SettingKey<T> : SettingKey
{
    readonly Func<IReadOnlyList<string>, SettingPlace, T> _read;
    readonly Func<T, IReadOnlyList<string>> _show;

    /// <param name="read">Reads the words; a <see cref="FormatException"/> says what is wrong with them and what is wanted.</param>
    /// <param name="show">The reverse of <paramref name="read"/>, in the normal form.</param>
    internal SettingKey(Func<IReadOnlyList<string>, SettingPlace, T> read, Func<T, IReadOnlyList<string>> show) =>
        (_read, _show) = (read, show);

    public override JsonNode Normalise(IReadOnlyList<string> words, ProcessEnvironment environment) =>
        Form.ToJson(_show(ReadAt(words, SettingPlace.CommandLine(Name, environment))));

    internal override ChosenSetting Choose(SettingsInput options, ProcessEnvironment environment, SettingsInput config)
    {
        if (options[this] is { } said)
            return Chosen(said, SettingPlace.CommandLine(Name, environment), SettingOrigin.Option);
        if (OverriddenBy(environment) is { } variable)
            return Chosen(InVariable(environment[variable] ?? ""), SettingPlace.Variable(variable, environment), SettingOrigin.Of(variable));
        if (config[this] is { } stored)
            return Chosen(stored, SettingPlace.File(config.Place, Name, environment), SettingOrigin.ConfigFile);
        return Chosen(Default, SettingPlace.CommandLine(Name, environment), SettingOrigin.Default);
    }

    ChosenSetting<T> Chosen(IReadOnlyList<string> words, SettingPlace place, string origin)
    {
        var value = ReadAt(words, place);
        return new(this, value, _show(value), origin);
    }

    T ReadAt(IReadOnlyList<string> words, SettingPlace place)
    {
        try
        {
            return _read(words, place);
        }
        catch (FormatException error)
        {
            throw new InputException($"{place.Name}: {error.Message}", error);
        }
    }

    string[] InVariable(string text) =>
        Form is SettingForm.List ? text.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries) : [text.Trim()];
}
