using System.Text.Json.Serialization;

namespace Hfmc.Core.Peers;

/// <summary>The paths, names and limits of peer protocol v1 (docs/peer-protocol.md).</summary>
public static class PeerProtocol
{
    public const int Version = 1;

    public const string Root = "/peer/v1";

    /// <summary>Says whether the bytes that follow were checked against their digest: <c>yes</c> or <c>no</c>.</summary>
    public const string ProvenHeader = "X-Hfmc-Proven";

    /// <summary>Blobs that one question may name.</summary>
    public const int MostBlobs = 4096;

    /// <summary>Repos that one answer names.</summary>
    public const int MostRepos = 10_000;

    /// <summary>Bytes of JSON that a daemon accepts as a question, and a caller as an answer.</summary>
    public const int LargestQuestion = 1 << 20, LargestAnswer = 64 << 20;
}

/// <summary>Who a daemon is. <c>Node</c> is its 64-hex node id, <c>Repos</c> how many public repos it can share.</summary>
public sealed record PeerHello(string Node, string Version, int Protocol, string[] Features, int Repos);

/// <summary>Which of these blobs do you have?</summary>
public sealed record PeerBlobQuestion(string[] Etags);

/// <summary>The blobs of a question that the peer has and may share; the others are not mentioned.</summary>
public sealed record PeerBlobAnswer(PeerBlob[] Blobs);

/// <summary>A blob at a peer; size in bytes.</summary>
public sealed record PeerBlob(string Etag, long Size, bool Complete);

/// <summary>A public repo at a commit, as a peer knows it.</summary>
public sealed record PeerSnapshot(string Repo, string Commit, PeerFile[] Files);

/// <summary>A file of a snapshot; <c>Held</c> says whether the peer has its bytes.</summary>
public sealed record PeerFile(string Path, string Etag, long Size, string? XetId, bool Held);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 8,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerHello))]
[JsonSerializable(typeof(PeerBlobQuestion))]
[JsonSerializable(typeof(PeerBlobAnswer))]
[JsonSerializable(typeof(PeerSnapshot))]
public sealed partial class PeerJson : JsonSerializerContext;
