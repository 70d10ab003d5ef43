using System.Collections.Concurrent;
using Hfmc.Core.Peers;

namespace Hfmc.Core.Sources;

/// <summary>
/// What the running adds of this node may read themselves at an upstream: a proof of somebody else's is held against that while the bytes
/// are not here yet. Safe for several threads.
/// </summary>
public sealed class PlaceReaders
{
    readonly ConcurrentDictionary<PlaceReader, string> _readers = new();

    /// <summary>Enters one until the answer is disposed.</summary>
    public IDisposable Enter(PlaceReader reader)
    {
        _readers[reader] = ReadingProof.SubjectOf(reader.Snapshot.Repo, reader.Snapshot.Commit);
        return new Leaving(this, reader);
    }

    /// <summary>One of the subject; null when no add is about it.</summary>
    public PlaceReader? Find(string subject) => _readers.Where(reader => reader.Value == subject).Select(reader => reader.Key).FirstOrDefault();

    sealed class Leaving(PlaceReaders readers, PlaceReader reader) : IDisposable
    {
        public void Dispose() => readers._readers.TryRemove(reader, out _);
    }
}
