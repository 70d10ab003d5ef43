using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hfmc.Core.Hub;

/// <summary>What hfmc reads of a repo info (hub-api, 4.1). <c>gated</c> is false, "auto" or "manual".</summary>
sealed record RepoInfoJson(
    [property: JsonPropertyName("sha")] string? Sha,
    [property: JsonPropertyName("private")] bool? Private,
    [property: JsonPropertyName("gated")] JsonElement? Gated);

/// <summary>An entry of a tree (hub-api, 4.2).</summary>
sealed record TreeEntryJson(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("oid")] string? Oid,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("path")] string? Path,
    [property: JsonPropertyName("lfs")] TreeLfsJson? Lfs,
    [property: JsonPropertyName("xetHash")] string? XetHash);

sealed record TreeLfsJson(
    [property: JsonPropertyName("oid")] string? Oid,
    [property: JsonPropertyName("size")] long? Size);

/// <summary>A commit of a history (hub-api, 4.4).</summary>
sealed record CommitJson([property: JsonPropertyName("id")] string? Id);

/// <summary>What hfmc reads of <c>whoami-v2</c>.</summary>
sealed record WhoAmIJson(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("orgs")] WhoAmIOrgJson[]? Orgs,
    [property: JsonPropertyName("auth")] WhoAmIAuthJson? Auth);

sealed record WhoAmIOrgJson([property: JsonPropertyName("name")] string? Name);

sealed record WhoAmIAuthJson([property: JsonPropertyName("accessToken")] WhoAmITokenJson? AccessToken);

sealed record WhoAmITokenJson([property: JsonPropertyName("displayName")] string? DisplayName);

[JsonSourceGenerationOptions(MaxDepth = 32, Converters = [typeof(HubLists.Entries), typeof(HubLists.Commits), typeof(HubLists.Organisations)])]
[JsonSerializable(typeof(RepoInfoJson))]
[JsonSerializable(typeof(TreeEntryJson[]))]
[JsonSerializable(typeof(TreeEntryJson))]
[JsonSerializable(typeof(CommitJson[]))]
[JsonSerializable(typeof(CommitJson))]
[JsonSerializable(typeof(WhoAmIOrgJson))]
[JsonSerializable(typeof(WhoAmIJson))]
sealed partial class HubJson : JsonSerializerContext;
