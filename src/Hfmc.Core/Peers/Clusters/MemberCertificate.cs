using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>
/// Says that a node is a member of a cluster until some moment, signed by the cluster's key. Of use to that node alone: who shows it must
/// prove over TLS that it is the node. As text: base64url of node id (32 bytes), end (8, seconds since 1970, the highest first) and
/// signature (64).
/// </summary>
public sealed class MemberCertificate
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // Clocks differ; one that is wrong by more than this is no member's.
    static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    const int NodeBytes = 32, EndBytes = 8, SignatureBytes = 64, Bytes = NodeBytes + EndBytes + SignatureBytes;

    readonly byte[] _bytes;

    MemberCertificate(byte[] bytes, NodeId node, DateTimeOffset until) => (_bytes, Node, Until) = (bytes, node, until);

    public NodeId Node { get; }

    public DateTimeOffset Until { get; }

    public static MemberCertificate Issue(ClusterKey key, NodeId node, DateTimeOffset now)
    {
        var bytes = new byte[Bytes];
        Convert.FromHexString(node.Text).CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(NodeBytes), (now + Lifetime).ToUnixTimeSeconds());
        key.Sign(Signed(bytes)).CopyTo(bytes, NodeBytes + EndBytes);
        return Read(bytes) ?? throw new InvalidOperationException("a certificate was made and is none");
    }

    /// <summary>Null when it has not the shape of one. What it is worth, <see cref="IsGood"/> says.</summary>
    public static MemberCertificate? Parse(string? text)
    {
        var bytes = new byte[Bytes];
        return text is { Length: (4 * Bytes + 2) / 3 } && Base64Url.DecodeFromChars(text, bytes, out _, out var length) is OperationStatus.Done && length is Bytes ? Read(bytes) : null;
    }

    /// <summary>Of this cluster, of this node, and good now.</summary>
    public bool IsGood(ClusterKey key, NodeId node, DateTimeOffset now) =>
        Node == node && Until > now && Until <= now + Lifetime + Skew && key.HasSigned(Signed(_bytes), _bytes.AsSpan(NodeBytes + EndBytes));

    public override string ToString() => Base64Url.EncodeToString(_bytes);

    static MemberCertificate? Read(byte[] bytes)
    {
        var end = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(NodeBytes));
        // Until the year 9999.
        return end is > 0 and < 253_402_300_800 && NodeId.TryParse(Convert.ToHexStringLower(bytes.AsSpan(0, NodeBytes)), out var node)
            ? new(bytes, node, DateTimeOffset.FromUnixTimeSeconds(end))
            : null;
    }

    static byte[] Signed(byte[] bytes) => [.. "hfmc member 1"u8, .. bytes.AsSpan(0, NodeBytes + EndBytes)];
}
