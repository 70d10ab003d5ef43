using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hfmc.Core.Settings;

/// <summary>How the words of a setting stand in config.json.</summary>
public enum SettingForm
{
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>true or false; <c>on</c> and <c>off</c> on the command line.</summary>
    Switch,

    /// <summary>A list of texts, or one text alone.</summary>
    List,
}

/// <summary>Between JSON and words.</summary>
static class SettingForms
{
    public static string Wanted(this SettingForm form) => form switch
    {
        SettingForm.Text => "a text in quotes",
        SettingForm.Number => "a whole number",
        SettingForm.Switch => "true or false",
        _ => "a list of texts in quotes",
    };

    /// <summary>The words, or null when the JSON has another type.</summary>
    public static IReadOnlyList<string>? ToWords(this SettingForm form, JsonNode? json) => (form, json?.GetValueKind()) switch
    {
        (SettingForm.Text or SettingForm.Switch or SettingForm.List, JsonValueKind.String) => [json!.GetValue<string>()],
        (SettingForm.Number, JsonValueKind.Number) => [json!.ToJsonString()],
        (SettingForm.Switch, JsonValueKind.True) => ["on"],
        (SettingForm.Switch, JsonValueKind.False) => ["off"],
        (SettingForm.List, JsonValueKind.Array) when json!.AsArray().All(item => item?.GetValueKind() is JsonValueKind.String) =>
            [.. json.AsArray().Select(item => item!.GetValue<string>())],
        _ => null,
    };

    /// <summary>Words that were read and found good, as JSON.</summary>
    public static JsonNode ToJson(this SettingForm form, IReadOnlyList<string> words) => form switch
    {
        SettingForm.Text => JsonValue.Create(words[0]),
        SettingForm.Number => JsonValue.Create(long.Parse(words[0])),
        SettingForm.Switch => JsonValue.Create(words[0] is "on"),
        _ => new JsonArray([.. words.Select(word => (JsonNode)JsonValue.Create(word))]),
    };
}
