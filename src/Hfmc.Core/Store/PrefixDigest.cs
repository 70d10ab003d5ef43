using System.Buffers;
using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Store;

/// <summary>
/// The digest of a growing file, computed beside the transfer: it follows the part that is complete from byte 0 on,
/// reading back what the page cache still holds. One reader at a time, on the thread pool.
/// </summary>
sealed class PrefixDigest(SafeFileHandle file, Blob blob) : IDisposable
{
    // Small enough that the bytes are in the processor's cache when they are hashed.
    const int Step = 256 << 10;

    readonly Lock _lock = new();
    ByteDigest _digest = new(blob.ETag.Kind, blob.Size);
    Task _reading = Task.CompletedTask;
    long _position;
    long _target;
    bool _stopped;

    /// <summary>Bytes from 0 up to <paramref name="prefix"/> are in the file: read on.</summary>
    public void Advance(long prefix)
    {
        lock (_lock)
        {
            if (_stopped || prefix <= _target)
                return;
            _target = prefix;
            if (_reading.IsCompleted)
                _reading = Task.Run(ReadOn);
        }
    }

    /// <summary>The digest of the whole file; call it when every byte is there.</summary>
    public async Task<ETag> FinishAsync(CancellationToken cancellationToken)
    {
        Advance(blob.Size);
        await _reading.WaitAsync(cancellationToken);
        return _digest.Finish();
    }

    /// <summary>Begins at byte 0 again.</summary>
    public async Task ResetAsync()
    {
        await StopAsync();
        _digest.Dispose();
        (_digest, _position, _target, _stopped, _reading) = (new(blob.ETag.Kind, blob.Size), 0, 0, false, Task.CompletedTask);
    }

    /// <summary>Ends reading, so that the file may be closed.</summary>
    public async Task StopAsync()
    {
        Task reading;
        lock (_lock)
            (_stopped, reading) = (true, _reading);
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    public void Dispose() => _digest.Dispose();

    void ReadOn()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            while (Next() is { IsEmpty: false } range)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)range.Length), range.Start);
                if (read is 0)
                    throw new DiskException($"the unfinished download of {blob.ETag} became shorter while it was read; run the command again");
                _digest.Append(buffer.AsSpan(0, read));
                _position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Under the lock the reader either gets more to do or is seen as finished: no prefix can fall between.
    ByteRange Next()
    {
        lock (_lock)
        {
            if (_stopped || _position >= _target)
            {
                _reading = _stopped ? _reading : Task.CompletedTask;
                return default;
            }
            return new(_position, Math.Min(_target, _position + Step));
        }
    }
}
