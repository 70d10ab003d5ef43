using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Hashing;

/// <summary>The digest that names a blob, fed in order. A git sha1 covers the header <c>blob {size}\0</c> too.</summary>
public sealed class ByteDigest : IDisposable
{
    readonly IncrementalHash _hash;

    public ByteDigest(DigestKind kind, long size)
    {
        _hash = IncrementalHash.CreateHash(kind is DigestKind.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (kind is DigestKind.GitSha1)
            _hash.AppendData(Encoding.ASCII.GetBytes($"blob {size}\0"));
    }

    public static ETag Of(DigestKind kind, ReadOnlySpan<byte> bytes)
    {
        using var digest = new ByteDigest(kind, bytes.Length);
        digest.Append(bytes);
        return digest.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public ETag Finish() => ETag.FromDigest(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
