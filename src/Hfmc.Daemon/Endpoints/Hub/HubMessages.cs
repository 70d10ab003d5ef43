using System.Text.Json.Serialization;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>Repo info (hub-api, 4.1), with what clients need to download.</summary>
sealed record RepoInfoMessage(
    string Id, [property: JsonPropertyName("modelId")] string ModelId, string Sha, bool Private, bool Gated, bool Disabled, string[] Tags, SiblingMessage[] Siblings);

sealed record SiblingMessage(string Rfilename, long? Size = null, [property: JsonPropertyName("blobId")] string? BlobId = null, SiblingLfsMessage? Lfs = null);

sealed record SiblingLfsMessage(string Sha256, long Size, [property: JsonPropertyName("pointerSize")] int PointerSize);

/// <summary>An entry of a tree (hub-api, 4.2).</summary>
sealed record TreeMessage(string Type, string Oid, long Size, string Path, TreeLfsMessage? Lfs = null, [property: JsonPropertyName("xetHash")] string? XetHash = null);

sealed record TreeLfsMessage(string Oid, long Size, [property: JsonPropertyName("pointerSize")] int PointerSize);

sealed record HubErrorMessage(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepoInfoMessage))]
[JsonSerializable(typeof(TreeMessage[]))]
[JsonSerializable(typeof(HubErrorMessage))]
sealed partial class HubMessageJson : JsonSerializerContext;
