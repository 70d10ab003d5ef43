using System.IO.Compression;

namespace Hfmc.Core.Hub;

/// <summary>
/// <c>Content-Encoding: deflate</c>, which is zlib (RFC 9110, section 8.4.1.2); but some servers send the bare deflate data, so the first two
/// bytes decide.
/// </summary>
sealed class InflatedStream(Stream packed) : ForwardStream
{
    const int ZlibMethod = 8, ZlibCheck = 31;

    Stream? _inflated;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_inflated is null)
        {
            var head = new byte[2];
            var count = await packed.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            var isZlib = count is 2 && (head[0] & 15) is ZlibMethod && ((head[0] << 8) + head[1]) % ZlibCheck is 0;
            var whole = new PrefixedStream(head.AsMemory(0, count), packed);
            _inflated = isZlib ? new ZLibStream(whole, CompressionMode.Decompress) : new DeflateStream(whole, CompressionMode.Decompress);
        }
        return await _inflated.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            (_inflated ?? packed).Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Bytes that were read already, before those that follow.</summary>
    sealed class PrefixedStream(ReadOnlyMemory<byte> first, Stream rest) : ForwardStream
    {
        ReadOnlyMemory<byte> _first = first;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_first.Length is 0)
                return await rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(buffer.Length, _first.Length);
            _first[..count].CopyTo(buffer);
            _first = _first[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
