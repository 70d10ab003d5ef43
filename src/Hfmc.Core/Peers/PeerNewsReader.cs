using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>Reads lines of news from a peer, one after the other; lines are bounded, and silence is.</summary>
sealed class PeerNewsReader(Stream body, PeerAddress peer, TimeProvider time) : IAsyncDisposable
{
    readonly PipeReader _reader = PipeReader.Create(body);

    /// <summary>Null when the peer has nothing more to tell.</summary>
    /// <exception cref="SourceException">Silent, broken off, or no such news.</exception>
    public async Task<PeerNews?> ReadAsync(CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, PeerProtocol.NewsSilence, cancellationToken);
        try
        {
            while (true)
            {
                var read = await _reader.ReadAsync(watch.Renew());
                if (read.Buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = read.Buffer.Slice(0, end);
                    var news = line.IsEmpty ? null : Parse(line);
                    _reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                    if (news is not null)
                        return news;
                    continue;
                }
                if (read.IsCompleted)
                    return null;
                if (read.Buffer.Length > PeerProtocol.LongestNews)
                    throw new SourceException(SourceFault.Lied, $"peer {peer} sent a line of news of more than {PeerProtocol.LongestNews >> 20} MiB");
                _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, $"peer {peer} fell silent", inner: error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SourceException(SourceFault.Unreachable, $"peer {peer} broke off: {error.Message}", inner: error);
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    PeerNews Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref reader, PeerJson.Default.PeerNews) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new SourceException(SourceFault.Lied, $"peer {peer} sent news that are not the JSON expected", inner: error);
        }
    }
}
