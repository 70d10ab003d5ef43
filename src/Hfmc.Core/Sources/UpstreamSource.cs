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

    public int Connections => IsSequential ? 1 : RangesAtOnce;

    public bool IsSequential => _ignoresRanges || !_file.KeepsRanges;

    public async Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
    {
        if (IsSequential)
        {
            await CarryWholeAsync(null, sink, cancellationToken);
            return;
        }
        for (var left = range; left.Length > 0;)
        {
            var body = await _file.OpenAsync(left, cancellationToken);
            // Whoever shares out the work is to know first that this source gives whole files only.
            if (body is null)
                return;
            if (body.Range.Start != left.Start || body.Range.End > left.End)
            {
                _ignoresRanges = true;
                await CarryWholeAsync(body, sink, cancellationToken);
                return;
            }
            using (body)
                if (!await PumpRangeAsync(body, sink, cancellationToken))
                    return;
            left = left with { Start = body.Range.End };
        }
    }

    public void Misbehaved(SourceException error) => hub.Conduct?.Note(Name, error);

    public void Forget() => _file.Forget();

    // The first reader carries everything; the others wait for that, as their ranges come with it.
    async Task CarryWholeAsync(HubBody? body, IRangeSink sink, CancellationToken cancellationToken)
    {
        var first = await _carrier.WaitAsync(TimeSpan.Zero, cancellationToken);
        if (!first)
        {
            body?.Dispose();
            await _carrier.WaitAsync(cancellationToken);
        }
        try
        {
            if (first)
                using (var whole = body ?? await _file.OpenWholeAsync(cancellationToken))
                    await PumpAsync(whole, sink, cancellationToken);
        }
        finally
        {
            _carrier.Release();
        }
    }

    async Task<bool> PumpRangeAsync(HubBody body, IRangeSink sink, CancellationToken cancellationToken)
    {
        try
        {
            return await PumpAsync(body, sink, cancellationToken);
        }
        catch (SourceException error) when (error.EndedInOrder)
        {
            _file.GiveUpRanges(everywhere: false);
            throw;
        }
    }

    async Task<bool> PumpAsync(HubBody body, IRangeSink sink, CancellationToken cancellationToken) =>
        await pump.CopyAsync(await body.ReadAsync(cancellationToken), Name, body.Range.Start, body.Range.Length, sink, cancellationToken);
}
