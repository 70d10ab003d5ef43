using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Hfmc.Core.Settings;

namespace Hfmc.Output;

/// <summary>A line of <c>conf show</c>; the value as it stands in config.json.</summary>
sealed record SettingJson(string Key, JsonNode Value, string Origin)
{
    public static SettingJson Of(ChosenSetting chosen) => new(chosen.Key.Name, chosen.Json, chosen.Origin);
}

/// <summary>What <c>env</c> prints.</summary>
sealed record EnvJson([property: JsonPropertyName("HF_HUB_CACHE")] string HubCache, [property: JsonPropertyName("HF_ENDPOINT")] string Endpoint);
