using Hfmc.Core.Planning;
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

/// <summary>Those of a file that is on its way, read from its beginning towards its end.</summary>
sealed class ArrivingBytes(FileReading reading) : IFileBytes
{
    ReadyBytes _ready;

    public async ValueTask ReadAsync(long offset, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            if (offset >= _ready.End)
                _ready = await reading.NextAsync(offset, cancellationToken);
            var read = RandomAccess.Read(_ready.File, bytes.Span[..(int)Math.Min(bytes.Length, _ready.End - offset)], offset);
            if (read is 0)
                throw new EndOfStreamException($"the blob ends before byte {offset}");
            (bytes, offset) = (bytes[read..], offset + read);
        }
    }

    public ValueTask DisposeAsync() => reading.DisposeAsync();
}
