using System.Collections.Concurrent;

namespace Hfmc.Core.Hub;

/// <summary>
/// Which upstreams were seen to give no ranges of files: they are asked for whole files only. Forgotten after an hour, for a mirror may
/// be mended while a daemon runs. Kept for the process; safe for several threads.
/// </summary>
public sealed class RangeSupport(TimeProvider time)
{
    static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    readonly ConcurrentDictionary<Uri, long> _without = new();

    public bool IsKeptBy(Upstream upstream) =>
        !_without.TryGetValue(upstream.Address, out var noted) || time.GetElapsedTime(noted) > Memory;

    /// <summary>The upstream answered a right range with something that is no range.</summary>
    public void NoteNone(Upstream upstream) => _without[upstream.Address] = time.GetTimestamp();
}
