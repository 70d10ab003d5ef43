using System.Buffers;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Planning;

/// <summary>
/// Reads the files of a folder: their ids alone, or a copy and the id of that copy. The folder is not ours and may change at any
/// time; a file that did is an error, and what was copied never has the id of something else.
/// </summary>
sealed class ImportReader(LfsRules rules, Action<long> readBytes)
{
    const int Step = 1 << 20;

    /// <summary>The id as the file is now.</summary>
    public RepoFile Identify(ImportFile file, CancellationToken cancellationToken) =>
        Guard(file, source => Read(file, source, target: null, cancellationToken));

    /// <summary>
    /// Copies to <paramref name="target"/>, which must not be there, and returns the copy's id: shared blocks where the volume can,
    /// else <paramref name="beforeWriting"/> is called and the bytes are written. Nothing is made durable here.
    /// </summary>
    public RepoFile Copy(ImportFile file, string target, Action beforeWriting, CancellationToken cancellationToken) =>
        Guard(file, source =>
        {
            using var copy = DiskFailure.Guard($"write {target}", () => File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite));
            if (file.Size > 0 && NativeFiles.TryClone(source, copy))
                return Read(file, copy, target: null, cancellationToken);
            beforeWriting();
            return Read(file, source, copy, cancellationToken);
        });

    RepoFile Read(ImportFile file, SafeFileHandle source, SafeFileHandle? target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            var read = RandomAccess.Read(source, buffer.AsSpan(0, Step), 0);
            using var digest = new ByteDigest(rules.KindOf(file.Path, file.Size, buffer.AsSpan(0, Math.Min(read, LfsRules.HeadLength))), file.Size);
            var offset = 0L;
            for (; read > 0 && offset + read <= file.Size; read = RandomAccess.Read(source, buffer.AsSpan(0, Step), offset))
            {
                cancellationToken.ThrowIfCancellationRequested();
                digest.Append(buffer.AsSpan(0, read));
                if (target is not null)
                    Write(target, buffer.AsSpan(0, read), offset, file);
                offset += read;
                readBytes(read);
            }
            return read is 0 && offset == file.Size ? new(file.Path, new(digest.Finish(), file.Size)) : throw Changed(file);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static void Write(SafeFileHandle target, ReadOnlySpan<byte> bytes, long offset, ImportFile file)
    {
        try
        {
            RandomAccess.Write(target, bytes, offset);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"copy {file.Source} into the cache", error);
        }
    }

    // The time of change catches a rewrite in place that left the size.
    static RepoFile Guard(ImportFile file, Func<SafeFileHandle, RepoFile> work) =>
        DiskFailure.Guard($"read {file.Source}", () =>
        {
            using var source = File.OpenHandle(file.Source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            // Between the listing and now a link may have taken its place, or that of a folder above it.
            if (TrustedPath.RealPathOf(source) is { } real && real != file.Source)
                throw Changed(file);
            var before = File.GetLastWriteTimeUtc(source);
            var read = work(source);
            return RandomAccess.GetLength(source) == file.Size && File.GetLastWriteTimeUtc(source) == before ? read : throw Changed(file);
        }, DiskPlace.ImportSource);

    static InputException Changed(ImportFile file) =>
        new($"{file.Source} changed while it was read: run the command again when nothing writes to it any more");
}
