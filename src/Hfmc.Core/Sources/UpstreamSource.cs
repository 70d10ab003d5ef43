using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>A file of a commit at an upstream, in ranges; as a whole where the upstream ignores ranges.</summary>
public sealed class UpstreamSource(HubClient hub, RepoId repo, CommitId commit, RepoFile file, BodyPump pump) : ISource
{
    // At the most: storage hosts that shape each connection are then no limit, and where one fills the line few are used.
    const int RangesAtOnce = TransferLimits.MostConnections;

    readonly HubFile _file = hub.File(repo, commit, file);
    readonly SemaphoreSlim _carrier = new(1);
    volatile bool _ignoresRanges;

    public string Name => hub.Upstream.Name;

    public SourceKind Kind => hub.Upstream.Kind;

    public int Connections => _ignoresRanges ? 1 : RangesAtOnce;

    public async Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
    {
        using var body = await _file.OpenAsync(range, cancellationToken);
        _ignoresRanges |= body.Range != range;
        if (body.Range == range)
            await PumpAsync(body, sink, cancellationToken);
        else
            await CarryWholeAsync(body, sink, cancellationToken);
    }

    public void Misbehaved(SourceException error) => hub.Conduct?.Note(Name, error);

    public void Forget() => _file.Forget();

    // Who first gets everything instead of a range carries it all; the others wait for that, as their ranges come with it.
    async Task CarryWholeAsync(HubBody body, IRangeSink sink, CancellationToken cancellationToken)
    {
        var first = await _carrier.WaitAsync(TimeSpan.Zero, cancellationToken);
        if (!first)
        {
            body.Dispose();
            await _carrier.WaitAsync(cancellationToken);
        }
        try
        {
            if (first)
                await PumpAsync(body, sink, cancellationToken);
        }
        finally
        {
            _carrier.Release();
        }
    }

    async Task PumpAsync(HubBody body, IRangeSink sink, CancellationToken cancellationToken) =>
        await pump.CopyAsync(await body.ReadAsync(cancellationToken), Name, body.Range.Start, body.Range.Length, sink, cancellationToken);
}
