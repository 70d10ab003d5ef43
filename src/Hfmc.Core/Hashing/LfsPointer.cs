using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Hashing;

/// <summary>The three lines that git holds in place of a large file (https://git-lfs.com, spec v1); its ids follow from digest and size.</summary>
public static class LfsPointer
{
    public static byte[] Bytes(Blob blob) => Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{blob.ETag}\nsize {blob.Size}\n");

    /// <summary>The git sha1 of the pointer: what the Hub lists as <c>oid</c> of a large file.</summary>
    public static ETag Id(Blob blob) => ByteDigest.Of(DigestKind.GitSha1, Bytes(blob));
}
