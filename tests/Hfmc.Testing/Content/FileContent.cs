using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Xet;

namespace Hfmc.Testing;

/// <summary>The bytes of a file, readable from any offset; digests are computed once, when first asked for. Size in bytes.</summary>
public abstract class FileContent
{
    const int Step = 1 << 20;

    readonly Lazy<ETag> _sha256, _gitSha1;
    readonly Lazy<string> _xetId;

    protected FileContent(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        Size = size;
        _sha256 = new(ComputeSha256);
        _xetId = new(() => ComputeXetId().ToString());
        _gitSha1 = new(() => Digest(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes($"blob {size}\0")));
    }

    public long Size { get; }

    public ETag Sha256 => _sha256.Value;

    public ETag GitSha1 => _gitSha1.Value;

    public string XetId => _xetId.Value;

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; the range lies inside the file.</summary>
    public abstract void Read(long offset, Span<byte> destination);

    public byte[] ToArray() => ToArray(0, checked((int)Size));

    public byte[] ToArray(long offset, int length)
    {
        var bytes = new byte[length];
        Read(offset, bytes);
        return bytes;
    }

    private protected virtual ETag ComputeSha256() => Digest(HashAlgorithmName.SHA256, []);

    XetHash ComputeXetId()
    {
        var chunks = new ChunkListBuilder(ChunkRule.Current);
        ReadAll(piece => chunks.Append(piece));
        return chunks.Finish().FileId;
    }

    ETag Digest(HashAlgorithmName algorithm, byte[] prefix)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(prefix);
        ReadAll(piece => hash.AppendData(piece));
        return ETag.FromDigest(hash.GetHashAndReset());
    }

    void ReadAll(Action<ReadOnlySpan<byte>> take)
    {
        var buffer = new byte[(int)Math.Min(Step, Size)];
        for (long offset = 0; offset < Size; offset += buffer.Length)
        {
            var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Size - offset));
            Read(offset, piece);
            take(piece);
        }
    }
}
