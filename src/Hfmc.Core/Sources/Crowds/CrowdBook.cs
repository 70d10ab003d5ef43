using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>Somebody who wants blobs and relays them: its address is that of its own connection, only the port is its word.</summary>
public sealed record Wanting(NodeId Node, PeerAddress Address, IReadOnlySet<ETag> Blobs);

/// <summary>
/// Who has asked this node for news of which blobs, for as long as they listen: how members of a crowd that were told of one common
/// peer get to know each other. Bounded, and never saved.
/// </summary>
public sealed class CrowdBook
{
    // An entry is an add under way: one machine may have several, and several nodes.
    const int MostEntries = 1024, MostOfAddress = 64;

    readonly Lock _lock = new();
    readonly List<Wanting> _entries = [];
    long _heard, _version;

    /// <summary>Beats when somebody has come.</summary>
    public Pulse Changed { get; } = new();

    /// <summary>Lines of news that peers have sent, in all crowds since the start.</summary>
    public long Heard => Volatile.Read(ref _heard);

    public void CountHeard() => Interlocked.Increment(ref _heard);

    /// <summary>Another number after each that has come.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Enters them until the answer is disposed; null when the book is full or too many come from one address.</summary>
    public IDisposable? Enter(Wanting wanting)
    {
        lock (_lock)
        {
            if (_entries.Count >= MostEntries || _entries.Count(entry => entry.Address.Host == wanting.Address.Host) >= MostOfAddress)
                return null;
            _entries.Add(wanting);
            _version++;
        }
        Changed.Beat();
        return new Leaving(this, wanting);
    }

    /// <summary>Those who want at least one of the blobs; each node once.</summary>
    public IReadOnlyList<Wanting> Sharing(IReadOnlySet<ETag> blobs)
    {
        lock (_lock)
            return [.. _entries.Where(entry => entry.Blobs.Overlaps(blobs)).DistinctBy(entry => entry.Node)];
    }

    sealed class Leaving(CrowdBook book, Wanting wanting) : IDisposable
    {
        public void Dispose()
        {
            lock (book._lock)
                book._entries.Remove(wanting);
        }
    }
}
