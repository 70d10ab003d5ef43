using Microsoft.Win32.SafeHandles;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>The bytes of a file, to be read from any place.</summary>
interface IFileBytes : IAsyncDisposable
{
    /// <summary>Fills all of <paramref name="bytes"/>; waits for what is still on its way.</summary>
    ValueTask ReadAsync(long offset, Memory<byte> bytes, CancellationToken cancellationToken);
}

/// <summary>Those of a file that is here.</summary>
sealed class LocalBytes(SafeFileHandle file) : IFileBytes
{
    public static LocalBytes Open(string path) => new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public ValueTask ReadAsync(long offset, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes.Span, offset);
            if (read is 0)
                throw new EndOfStreamException($"the blob ends before byte {offset}");
            (bytes, offset) = (bytes[read..], offset + read);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
