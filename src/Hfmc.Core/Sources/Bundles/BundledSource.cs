using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>A small blob at a peer, which comes with others in one answer.</summary>
sealed class BundledSource(Bundle bundle, Blob blob) : ISource
{
    public string Name => bundle.Name;

    public SourceKind Kind => SourceKind.Peer;

    public int Connections => 1;

    public bool IsCarried => true;

    public Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken) => bundle.ReadAsync(blob, sink, cancellationToken);

    public void Forget()
    {
        // Each request is a new question.
    }
}
