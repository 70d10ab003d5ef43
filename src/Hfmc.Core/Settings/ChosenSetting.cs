using System.Text.Json.Nodes;

namespace Hfmc.Core.Settings;

/// <summary>The value that holds, as words in their normal form, and where it came from; a line of <c>conf show</c>.</summary>
public record ChosenSetting(SettingKey Key, IReadOnlyList<string> Words, string Origin)
{
    /// <summary>As it stands in config.json.</summary>
    public JsonNode Json => Key.Form.ToJson(Words);

    public string Text => Words is [] ? "none" : string.Join(' ', Words);
}

/// <summary>The same with its meaning.</summary>
public sealed record ChosenSetting<T>(SettingKey<T> TypedKey, T Value, IReadOnlyList<string> Words, string Origin)
    : ChosenSetting(TypedKey, Words, Origin);
