using System.Text.Json.Serialization;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>The paths, names and limits of peer protocol v1 (docs/peer-protocol.md).</summary>
public static class PeerProtocol
{
    public const int Version = 1;

    public const string Root = "/peer/v1";

    /// <summary>Says whether the bytes that follow were checked against their digest: <c>yes</c> or <c>no</c>.</summary>
    public const string ProvenHeader = "X-Hfmc-Proven";

    /// <summary>What a daemon says of itself: it speaks no TLS, also TLS, or nothing else.</summary>
    public const string TlsOff = "off", TlsRestricted = "restricted", TlsAlways = "always";

    /// <summary>Over TLS: the asker's certificate as a member of a cluster (<see cref="MemberCertificate"/>).</summary>
    public const string MemberHeader = "X-Hfmc-Member";

    /// <summary>Bytes of what members tell each other of their cluster.</summary>
    public const int LargestClusterMessage = 512 << 10;

    /// <summary>A feature of a daemon: it tells what of a blob it has while that changes.</summary>
    public const string FollowFeature = "follow";

    /// <summary>A feature of a daemon: it sends many small blobs in one answer, and shares the work of getting them.</summary>
    public const string BundleFeature = "bundle";

    /// <summary>A feature of a daemon: it shows what is not public to those who prove that they have read it.</summary>
    public const string ReadingFeature = "reading";

    /// <summary>Bytes of a question for a challenge, and of a proof.</summary>
    public const int LargestProof = 4096;

    /// <summary>Names that an asker puts into one question for a bundle, and bytes of the largest blob that comes in one.</summary>
    public const int MostBundled = 512, LargestBundled = 1 << 20;

    /// <summary>
    /// How long a bundle may bring nothing, not even word that bytes still arrive where it comes from; and how long it may bring
    /// nothing but such words.
    /// </summary>
    public static readonly TimeSpan BundleSilence = TimeSpan.FromSeconds(5), BundlePatience = TimeSpan.FromMinutes(2);

    /// <summary>How much longer than the sender an asker waits, so that an answer that ends in order is not taken for one that stalled.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of one line of news, and how long there may be none: an empty line says that there is nothing new.</summary>
    public const int LongestNews = 1 << 20;

    public static readonly TimeSpan NewsSilence = TimeSpan.FromSeconds(20), NewsBeat = TimeSpan.FromSeconds(6);

    /// <summary>Members of a crowd that one line of news may name, and that one crowd keeps: in all, and from one address.</summary>
    public const int MostMembers = 64, MostMembersOfAddress = 4;

    /// <summary>Blobs that one question may name.</summary>
    public const int MostBlobs = 4096;

    /// <summary>Files of a snapshot, and features of a daemon, that one answer may name; and members of a crowd that one line may, of which the first are taken.</summary>
    public const int MostFiles = 250_000, MostFeatures = 64, MostNamed = 1024;

    /// <summary>Answers of more than <see cref="LargestShortAnswer"/> bytes that one asker reads at a time.</summary>
    public const int MostLongAnswers = 2;

    /// <summary>Repos that one answer names.</summary>
    public const int MostRepos = 10_000;

    /// <summary>Bytes of JSON that a daemon accepts as a question; and a caller as a snapshot, and as any other answer: many are asked at one time.</summary>
    public const int LargestQuestion = 1 << 20, LargestAnswer = 64 << 20, LargestShortAnswer = 1 << 20;
}

/// <summary>Who a daemon is. <c>Node</c> is its 64-hex node id, <c>Repos</c> how many public repos it can share.</summary>
public sealed record PeerHello(string Node, string Version, int Protocol, [property: JsonConverter(typeof(PeerLists.Features))] string[] Features, int Repos)
{
    /// <summary>Whether it speaks TLS (<see cref="PeerProtocol.TlsOff"/> and its neighbours); null of earlier versions, which do not.</summary>
    public string? Tls { get; init; }
}

/// <summary>A member to a member: its certificate, and who is none any more.</summary>
public sealed record PeerClusterMessage(string Certificate, MemberRemoval?[]? Removed);

/// <summary>I have read the repo at a commit that this subject names (<see cref="ReadingProof.SubjectOf"/>): ask me for the proof.</summary>
public sealed record PeerReadingQuestion(string Subject);

/// <summary>Read it at these places (<see cref="ReadingPlaces"/>); the nonce is 64 hexadecimal digits.</summary>
public sealed record PeerReadingChallenge(string Nonce, ulong[] Places);

/// <summary>What was read (<see cref="ReadingProof.Compute"/>), as 64 hexadecimal digits.</summary>
public sealed record PeerReadingProof(string Subject, string Nonce, string Mac);

/// <summary>The serving node's own proof, made with both node ids in the other order: it too has read the repo.</summary>
public sealed record PeerReadingAnswer(string Mac);

/// <summary>Which of these blobs do you have?</summary>
public sealed record PeerBlobQuestion([property: JsonConverter(typeof(PeerLists.Names))] string[] Etags);

/// <summary>The blobs of a question that the peer has and may share; the others are not mentioned.</summary>
public sealed record PeerBlobAnswer([property: JsonConverter(typeof(PeerLists.Blobs))] PeerBlob[] Blobs);

/// <summary>A blob at a peer; size in bytes.</summary>
public sealed record PeerBlob(string Etag, long Size, bool Complete);

/// <summary>A public repo at a commit, as a peer knows it.</summary>
public sealed record PeerSnapshot(string Repo, string Commit, [property: JsonConverter(typeof(PeerLists.Files))] PeerFile[] Files)
{
    /// <summary>True when the peer knows only these files: the commit may have more. Null when they are all.</summary>
    public bool? Partial { get; init; }
}

/// <summary>A file of a snapshot; <c>Held</c> says whether the peer has its bytes.</summary>
public sealed record PeerFile(string Path, string Etag, long Size, string? XetId, bool Held)
{
    /// <summary>The bytes of it that are there while it is being got; null when it is not.</summary>
    public long? Part { get; init; }
}

/// <summary>Tell me of these blobs, and of who wants them. <c>Port</c> is where the asker listens, if it wants them itself and relays them.</summary>
public sealed record PeerFollowQuestion([property: JsonConverter(typeof(PeerLists.Names))] string[] Etags, int? Port)
{
    /// <summary>Small blobs that the asker wants and can get from an upstream; it needs no news of them.</summary>
    [JsonConverter(typeof(PeerLists.Names))]
    public string[]? Small { get; init; }
}

/// <summary>A line of news. What is not mentioned is as before.</summary>
public sealed record PeerNews(
    [property: JsonConverter(typeof(PeerLists.News))] PeerBlobNews[]? Blobs, [property: JsonConverter(typeof(PeerLists.Members))] PeerMember[]? Members)
{
    /// <summary>In the first line: which of the asker's small blobs the peer wants too, a bit each (see <see cref="PieceSet.ToText"/>).</summary>
    public string? SmallWanted { get; init; }

    /// <summary>In the first line: which of them the peer has, or is getting from where they are whole.</summary>
    public string? SmallBegun { get; init; }
}

/// <summary>
/// News of a blob: <c>Have</c> is all that is there (the first time; see <see cref="PieceSet.ToText"/>), <c>Pieces</c> what has come
/// since; <c>Fetching</c> and <c>Dropped</c> what is now being got from an upstream, or a complete peer, and what no longer is.
/// </summary>
public sealed record PeerBlobNews(string Etag, long Size)
{
    public bool? Complete { get; init; }

    public bool? Owner { get; init; }

    public string? Have { get; init; }

    public int[]? Pieces { get; init; }

    /// <summary>Pieces that were there and turned out wrong.</summary>
    public int[]? Lost { get; init; }

    public int[]? Fetching { get; init; }

    public int[]? Dropped { get; init; }
}

/// <summary>These bytes came from you and are wrong: check them. <c>End</c> is the byte after the last.</summary>
public sealed record PeerComplaint(long Start, long End);

/// <summary>Whether they were wrong, and are dropped.</summary>
public sealed record PeerComplaintAnswer(bool Dropped);

/// <summary>Somebody else who asked for one of the blobs, as seen by the node that tells.</summary>
public sealed record PeerMember(string Node, string Host, int Port);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 8,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerHello))]
[JsonSerializable(typeof(PeerClusterMessage))]
[JsonSerializable(typeof(PeerReadingQuestion))]
[JsonSerializable(typeof(PeerReadingChallenge))]
[JsonSerializable(typeof(PeerReadingProof))]
[JsonSerializable(typeof(PeerReadingAnswer))]
[JsonSerializable(typeof(PeerBlobQuestion))]
[JsonSerializable(typeof(PeerBlobAnswer))]
[JsonSerializable(typeof(PeerSnapshot))]
[JsonSerializable(typeof(PeerFollowQuestion))]
[JsonSerializable(typeof(PeerNews))]
[JsonSerializable(typeof(PeerBlob))]
[JsonSerializable(typeof(PeerFile))]
[JsonSerializable(typeof(PeerBlobNews))]
[JsonSerializable(typeof(PeerMember))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(PeerComplaint))]
[JsonSerializable(typeof(PeerComplaintAnswer))]
public sealed partial class PeerJson : JsonSerializerContext;
