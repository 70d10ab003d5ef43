using Hfmc.Core.Hub;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>Reads a few bytes at many places of a snapshot, from the first upstream that lets this caller: what a proof is made of.</summary>
public sealed class PlaceReader(IReadOnlyList<HubClient> hubs, Snapshot snapshot, TimeProvider time)
{
    const int AtOnce = 8;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Snapshot Snapshot => snapshot;

    /// <summary>The bytes of all places, one after the other; null when no upstream gives them.</summary>
    public async Task<byte[]?> ReadAsync(IReadOnlyList<ReadingPlace> places, CancellationToken cancellationToken)
    {
        foreach (var hub in hubs)
            try
            {
                return await ReadAsync(hub, places, cancellationToken);
            }
            catch (SourceException)
            {
                // The next one.
            }
        return null;
    }

    async Task<byte[]> ReadAsync(HubClient hub, IReadOnlyList<ReadingPlace> places, CancellationToken cancellationToken)
    {
        var files = places.Select(place => place.File).Distinct().ToDictionary(file => file, file => hub.File(snapshot.Repo, snapshot.Commit, file));
        var parts = new byte[places.Count][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, places.Count, options, async (at, token) => parts[at] = await ReadAsync(files[places[at].File], places[at], token));
        return [.. parts.SelectMany(part => part)];
    }

    async Task<byte[]> ReadAsync(HubFile file, ReadingPlace place, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(time, Patience, cancellationToken);
        try
        {
            using var body = await file.OpenAsync(place.Range, watch.Renew());
            if (body?.Range != place.Range)
                throw new SourceException(SourceFault.Lied, "the upstream ignores ranges");
            var bytes = new byte[place.Range.Length];
            await using var stream = await body.ReadAsync(watch.Renew());
            await stream.ReadExactlyAsync(bytes, watch.Renew());
            return bytes;
        }
        catch (OperationCanceledException error) when (watch.HasFired)
        {
            throw new SourceException(SourceFault.Stalled, "the upstream fell silent", inner: error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new SourceException(SourceFault.Unreachable, "the upstream broke off", inner: error);
        }
    }
}
