using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// A small blob on its way. It needs no journal: losing it to a kill costs less than <see cref="Largest"/> bytes.
/// </summary>
public sealed class MemoryBlob(Blob blob) : IBlobTarget
{
    /// <summary>In bytes; times the connections of a process it stays within what a kill may cost.</summary>
    public const int Largest = 1 << 20;

    readonly RangeSet _held = new();
    readonly Lock _lock = new();

    // Made with the first byte: thousands of small blobs wait for their turn at once.
    byte[] _bytes = [];

    public Blob Blob { get; } = blob;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public long Held
    {
        get
        {
            lock (_lock)
                return _held.Length;
        }
    }

    public IReadOnlyList<ByteRange> Gaps(ByteRange window)
    {
        lock (_lock)
            return [.. _held.Gaps(window)];
    }

    public int Write(long offset, ReadOnlySpan<byte> bytes, bool isVouched = false)
    {
        lock (_lock)
        {
            if (_bytes.Length < Blob.Size)
                _bytes = new byte[Blob.Size];
            var before = _held.Length;
            foreach (var gap in _held.Gaps(new(offset, offset + bytes.Length)).ToList())
            {
                bytes.Slice((int)(gap.Start - offset), (int)gap.Length).CopyTo(_bytes.AsSpan((int)gap.Start));
                _held.Add(gap);
            }
            return (int)(_held.Length - before);
        }
    }

    public Task<bool> AgreesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ByteDigest.Of(Blob.ETag.Kind, _bytes) == Blob.ETag);

    public Task ResetAsync()
    {
        lock (_lock)
            _held.Clear();
        return Task.CompletedTask;
    }
}
