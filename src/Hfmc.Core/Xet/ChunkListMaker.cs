using System.Buffers;

namespace Hfmc.Core.Xet;

/// <summary>Makes the chunk list of a file on disk, read through one buffer of 1 MiB.</summary>
public static class ChunkListMaker
{
    const int Step = 1 << 20;

    /// <summary>
    /// By the current rule; when that does not prove <paramref name="xetId"/>, the file is read once more by the older one. When neither
    /// does, or there is no id, the list is the current rule's: good to tell right bytes from wrong ones, but proven by nobody.
    /// Throws what the file system throws.
    /// </summary>
    public static ChunkList Make(string path, string? xetId, CancellationToken cancellationToken)
    {
        var current = Make(path, ChunkRule.Current, cancellationToken);
        if (!XetHash.TryParse(xetId, out var published) || published == current.FileId)
            return current;
        var older = Make(path, ChunkRule.Older, cancellationToken);
        return published == older.FileId ? older : current;
    }

    static ChunkList Make(string path, ChunkRule rule, CancellationToken cancellationToken)
    {
        const FileShare Anything = FileShare.ReadWrite | FileShare.Delete;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, Anything, FileOptions.SequentialScan);
        var builder = new ChunkListBuilder(rule);
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            for (long offset = 0; RandomAccess.Read(file, buffer.AsSpan(0, Step), offset) is var read and > 0; offset += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                builder.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return builder.Finish();
    }
}
