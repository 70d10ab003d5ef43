using System.Buffers;
using System.Buffers.Text;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>Says that a node is no member any more, signed by the cluster's key; it travels between members and is never taken back.</summary>
public sealed record MemberRemoval(string Node, string Signature)
{
    public static MemberRemoval Of(ClusterKey key, NodeId node) => new(node.Text, Base64Url.EncodeToString(key.Sign(Signed(node))));

    /// <summary>The node, when the cluster's key has said so; null for anything else.</summary>
    public NodeId? Proven(ClusterKey key)
    {
        Span<byte> signature = stackalloc byte[64];
        return NodeId.TryParse(Node, out var node) && Signature is { Length: 86 } && Base64Url.DecodeFromChars(Signature, signature, out _, out var length) is OperationStatus.Done
            && length == signature.Length && key.HasSigned(Signed(node), signature) ? node : null;
    }

    static byte[] Signed(NodeId node) => [.. "hfmc removal 1"u8, .. Convert.FromHexString(node.Text)];
}
