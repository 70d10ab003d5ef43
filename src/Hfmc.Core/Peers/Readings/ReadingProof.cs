using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>
/// What proves that somebody has read a repo: HMAC-SHA256 over the bytes at the places, with the nonce of the challenge as its key. It holds
/// the ids of both nodes, which are the digests of the keys at both ends of the TLS connection, so it is of no use on another connection,
/// to another node or from another one.
/// </summary>
public static class ReadingProof
{
    public const int NonceBytes = 32;

    /// <summary>Names a repo at a commit to those who know it, and to nobody else: 64 hexadecimal digits.</summary>
    public static string SubjectOf(RepoId repo, CommitId commit) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"hfmc reading 1\n{repo.ApiPath}\n{commit.Text}")));

    /// <param name="nonce">Of the challenge.</param>
    /// <param name="asker">Who proves.</param>
    /// <param name="server">Who asked for the proof.</param>
    /// <param name="subject">Of the repo and commit.</param>
    /// <param name="bytes">Those of all places, one after the other.</param>
    public static byte[] Compute(ReadOnlySpan<byte> nonce, NodeId asker, NodeId server, string subject, ReadOnlySpan<byte> bytes)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, nonce);
        mac.AppendData(Encoding.ASCII.GetBytes($"hfmc reading 1\n{asker}\n{server}\n{subject}\n"));
        mac.AppendData(bytes);
        return mac.GetHashAndReset();
    }

    /// <summary>So many bytes in hexadecimal digits; null for anything else.</summary>
    public static byte[]? Read(string? text, int bytes) => text is { } hex && hex.Length == 2 * bytes && hex.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(hex) : null;
}
