using System.Text.Json.Serialization;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>A file in a repo info (hub-api, 4.1); details only where <c>?blobs</c> asks for them.</summary>
sealed record SiblingMessage(string Rfilename, long? Size = null, string? BlobId = null, SiblingLfsMessage? Lfs = null);

sealed record SiblingLfsMessage(string Sha256, long Size, int PointerSize);

/// <summary>An entry of a tree (hub-api, 4.2).</summary>
sealed record TreeMessage(string Type, string Oid, long Size, string Path, TreeLfsMessage? Lfs = null, string? XetHash = null);

sealed record TreeLfsMessage(string Oid, long Size, int PointerSize);

/// <summary>What a repo's names point at (hub-api, 4.4).</summary>
sealed record RefsMessage(RefMessage[] Branches, RefMessage[] Converts, RefMessage[] Tags, RefMessage[]? PullRequests);

sealed record RefMessage(string Name, string Ref, string TargetCommit);

/// <summary>A commit of a history.</summary>
sealed record CommitMessage(string Id, string Title, string Message, string[] Authors, DateTimeOffset Date);

/// <summary>Which paths are asked about, as JavaScript sends it.</summary>
sealed record PathsMessage(string?[]? Paths, bool? Expand);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiblingMessage[]))]
[JsonSerializable(typeof(TreeMessage[]))]
[JsonSerializable(typeof(RefsMessage))]
[JsonSerializable(typeof(CommitMessage[]))]
[JsonSerializable(typeof(PathsMessage))]
sealed partial class HubMessageJson : JsonSerializerContext;
