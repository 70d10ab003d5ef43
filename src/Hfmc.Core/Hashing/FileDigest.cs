using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Hashing;

/// <summary>The digest of a file on disk, read through one buffer of 1 MiB.</summary>
public static class FileDigest
{
    const int BufferSize = 1 << 20;

    /// <summary>
    /// <paramref name="size"/> is what the git header claims; a file of another length gets another digest. Reports the bytes of each
    /// step, not the sum. Throws what the file system throws.
    /// </summary>
    public static ETag Compute(string path, DigestKind kind, long size, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        const FileShare Anything = FileShare.ReadWrite | FileShare.Delete;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Anything, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(kind is DigestKind.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (kind is DigestKind.GitSha1)
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {size}\0"));

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long offset = 0; RandomAccess.Read(file, buffer.AsSpan(0, BufferSize), offset) is var read and > 0; offset += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                progress?.Report(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return ETag.FromDigest(hash.GetHashAndReset());
    }
}
