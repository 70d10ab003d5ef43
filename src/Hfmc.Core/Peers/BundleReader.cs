using System.Buffers;
using System.IO.Pipelines;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>Reads the frames of a bundle from a peer. Nothing is gathered here: bytes are handed on as they come.</summary>
public sealed class BundleReader : IAsyncDisposable
{
    const int Step = 64 << 10;

    readonly PipeReader _reader;
    readonly PeerAddress _peer;
    readonly TimeProvider _time;
    readonly StallWatch _watch;
    readonly IDisposable? _answer;
    long _lastFrame;

    public BundleReader(Stream body, PeerAddress peer, TimeProvider time, IDisposable? answer, CancellationToken cancellationToken)
    {
        (_reader, _peer, _time, _answer) = (PipeReader.Create(body, new(bufferSize: Step)), peer, time, answer);
        (_watch, _lastFrame) = (new(time, PeerProtocol.BundleSilence + PeerProtocol.Grace, cancellationToken), time.GetTimestamp());
    }

    /// <summary>The next frame, whose bytes must then be read; null when the peer has nothing more to send.</summary>
    /// <exception cref="SourceException">Silent, broken off, or no such frame.</exception>
    public async ValueTask<BundleFrame?> NextAsync()
    {
        while (true)
        {
            var read = await ReadAsync();
            var buffer = read.Buffer;
            while (!buffer.IsEmpty && buffer.FirstSpan[0] is BundleFrame.Beat)
                buffer = buffer.Slice(1);
            if (!buffer.IsEmpty)
            {
                var length = BundleFrame.LengthOfHead(buffer.FirstSpan[0]) ?? throw NoFrame();
                if (buffer.Length >= length)
                {
                    var frame = BundleFrame.Read(buffer.Slice(0, length)) ?? throw NoFrame();
                    _reader.AdvanceTo(buffer.GetPosition(length));
                    _lastFrame = _time.GetTimestamp();
                    return frame;
                }
            }
            if (read.IsCompleted)
                return buffer.IsEmpty ? null : throw BrokenOff();
            _reader.AdvanceTo(buffer.Start, buffer.End);
            BeInTime();
        }
    }

    /// <summary>Hands the bytes of a frame to the sink; to nobody when there is none.</summary>
    /// <exception cref="SourceException">Silent, or broken off.</exception>
    public async ValueTask CopyAsync(int length, IRangeSink? sink)
    {
        for (var offset = 0; offset < length;)
        {
            var read = await ReadAsync();
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, length - offset));
            foreach (var part in bytes)
            {
                sink?.Write(offset, part.Span);
                offset += part.Length;
            }
            _reader.AdvanceTo(bytes.End);
            if (read.IsCompleted && offset < length && read.Buffer.Length == bytes.Length)
                throw BrokenOff();
            if (offset < length)
                BeInTime();
        }
        _lastFrame = _time.GetTimestamp();
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        _watch.Dispose();
        _answer?.Dispose();
    }

    async ValueTask<ReadResult> ReadAsync()
    {
        // Most frames are there already, many in one step: the watch is for the times when nothing is.
        if (_reader.TryRead(out var ready))
            return ready;
        try
        {
            return await _reader.ReadAsync(_watch.Renew());
        }
        catch (OperationCanceledException error) when (_watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"peer {_peer} fell silent", inner: error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SourceException(SourceFault.Unreachable, $"peer {_peer} broke off: {error.Message}", inner: error);
        }
    }

    // Words that more is coming are believed for a while, not for ever; and a blob that drips is none.
    void BeInTime()
    {
        if (_time.GetElapsedTime(_lastFrame) > PeerProtocol.BundlePatience)
            throw new SourceException(SourceFault.Stalled, $"peer {_peer} sent no blob for {PeerProtocol.BundlePatience.TotalSeconds:0} s");
    }

    SourceException NoFrame() => new(SourceFault.Lied, $"peer {_peer} sent something else than blobs");

    SourceException BrokenOff() => new(SourceFault.Unreachable, $"peer {_peer} broke off in the middle of a blob");
}
