using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>What is unpacked while it is read; what cannot be unpacked is the source's fault.</summary>
/// <param name="unpacked">Ends with this stream.</param>
/// <param name="source">Named in the error.</param>
sealed class CheckedStream(Stream unpacked, string source) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await unpacked.ReadAsync(buffer, cancellationToken);
        }
        // Brotli has the second kind for it.
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException and not ObjectDisposedException)
        {
            throw new SourceException(SourceFault.Lied, $"{source} sent a packed answer that cannot be unpacked", inner: error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }
}
