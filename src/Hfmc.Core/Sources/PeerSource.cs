using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>A blob at another daemon of the LAN.</summary>
public sealed class PeerSource(PeerClient client, PeerAddress peer, Blob blob, BodyPump pump) : ISource
{
    public PeerAddress Peer => peer;

    public string Name { get; } = $"peer {peer}";

    public SourceKind Kind => SourceKind.Peer;

    // Two, so that one request is always on the wire while the other's last bytes are written.
    public int Connections => 2;

    public async Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
    {
        using var response = await client.OpenAsync(peer, blob, range, cancellationToken);
        await pump.CopyAsync(await response.Content.ReadAsStreamAsync(cancellationToken), Name, range.Start, range.Length, sink, cancellationToken);
    }

    public void Misbehaved(SourceException error) => client.Conduct?.Note(Name, error);

    public void Forget()
    {
        // A peer gives no links, and each range is a request of its own.
    }
}
