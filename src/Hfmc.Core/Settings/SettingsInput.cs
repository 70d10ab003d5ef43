using System.Collections.Immutable;

namespace Hfmc.Core.Settings;

/// <summary>What one place said, unchecked: the words for each key; null for a key that it said nothing about. Immutable.</summary>
public sealed class SettingsInput
{
    readonly ImmutableDictionary<string, IReadOnlyList<string>> _words;

    SettingsInput(string place, ImmutableDictionary<string, IReadOnlyList<string>> words) => (Place, _words) = (place, words);

    public static SettingsInput Nothing { get; } = At(SettingOrigin.Option);

    /// <summary>Who said it: a path, or <c>option</c>.</summary>
    public string Place { get; }

    public IReadOnlyList<string>? this[SettingKey key] => _words.GetValueOrDefault(key.Name);

    /// <summary>Says nothing yet, but where.</summary>
    public static SettingsInput At(string place) => new(place, ImmutableDictionary.Create<string, IReadOnlyList<string>>(StringComparer.Ordinal));

    /// <summary>Adds what was said; null adds nothing, as for an option that was not given.</summary>
    public SettingsInput With(SettingKey key, IReadOnlyList<string>? words) =>
        words is null ? this : new(Place, _words.SetItem(key.Name, words));

    public SettingsInput With(SettingKey key, string? word) => With(key, word is null ? null : [word]);
}
