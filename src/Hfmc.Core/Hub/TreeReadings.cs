using Hfmc.Core.Repos;

namespace Hfmc.Core.Hub;

/// <summary>
/// Lists of public commits that are being read, so that whoever asks next goes on where the last one stopped. What needs a token is never
/// shared. A commit never changes, so a list that was read to its end serves again. Kept for a quarter of an hour after the last question,
/// eight at most; safe for several threads.
/// </summary>
public sealed class TreeReadings(TimeProvider time)
{
    const int Most = 8, MostFiles = 400_000;

    static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    readonly Lock _lock = new();
    readonly Dictionary<(Uri, RepoId, CommitId), (TreeReading Reading, long Used)> _kept = [];

    /// <summary>For a caller without a token.</summary>
    internal TreeReading Of(Upstream upstream, RepoId repo, CommitId commit)
    {
        var key = (upstream.Address, repo, commit);
        lock (_lock)
        {
            var reading = _kept.TryGetValue(key, out var known) && time.GetElapsedTime(known.Used) <= Memory ? known.Reading : new(upstream.Name, repo, commit);
            _kept.Remove(key);
            foreach (var old in _kept.Where(kept => time.GetElapsedTime(kept.Value.Used) > Memory).Select(kept => kept.Key).ToList())
                _kept.Remove(old);
            while (_kept.Count > 0 && (_kept.Count >= Most || reading.Count + _kept.Values.Sum(kept => (long)kept.Reading.Count) > MostFiles))
                _kept.Remove(_kept.MinBy(kept => kept.Value.Used).Key);
            _kept[key] = (reading, time.GetTimestamp());
            return reading;
        }
    }
}
