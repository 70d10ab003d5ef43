using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hfmc.Core.Hub;

/// <summary>What hfmc reads of a repo info (hub-api, 4.1). <c>gated</c> is false, "auto" or "manual".</summary>
sealed record RepoInfoJson(
    [property: JsonPropertyName("sha")] string? Sha,
    [property: JsonPropertyName("private")] bool? Private,
    [property: JsonPropertyName("gated")] JsonElement? Gated,
    [property: JsonPropertyName("siblings")] JsonElement? Siblings = null)
{
    /// <summary>How many files it names; null when it names none.</summary>
    public int? Files => Siblings is { ValueKind: JsonValueKind.Array } siblings ? siblings.GetArrayLength() : null;
}

/// <summary>A file in a repo info, with its size and ids when <c>blobs=true</c> was asked and is kept.</summary>
sealed record SiblingJson(
    [property: JsonPropertyName("rfilename")] string? Name,
    [property: JsonPropertyName("size")] long? Size,
    [property: JsonPropertyName("blobId")] string? BlobId,
    [property: JsonPropertyName("lfs")] SiblingLfsJson? Lfs);

sealed record SiblingLfsJson(
    [property: JsonPropertyName("sha256")] string? Sha256,
    [property: JsonPropertyName("size")] long? Size);

/// <summary>A repo info, of which the files matter.</summary>
sealed record SiblingsJson(
    [property: JsonPropertyName("sha")] string? Sha,
    [property: JsonPropertyName("siblings")] SiblingJson[]? Siblings);

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

[JsonSourceGenerationOptions(MaxDepth = 32, Converters = [typeof(HubLists.Entries), typeof(HubLists.Commits), typeof(HubLists.Organisations), typeof(HubLists.Siblings)])]
[JsonSerializable(typeof(RepoInfoJson))]
[JsonSerializable(typeof(SiblingsJson))]
[JsonSerializable(typeof(SiblingJson))]
[JsonSerializable(typeof(TreeEntryJson[]))]
[JsonSerializable(typeof(TreeEntryJson))]
[JsonSerializable(typeof(CommitJson[]))]
[JsonSerializable(typeof(CommitJson))]
[JsonSerializable(typeof(WhoAmIOrgJson))]
[JsonSerializable(typeof(WhoAmIJson))]
sealed partial class HubJson : JsonSerializerContext;
