using System.Net;
using System.Security.Cryptography;
using Hfmc.Core.Peers;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Opens a repo at a commit to one node for a while, when that node proves that it has read it, and proves the same in return. A
/// challenge is given for whatever is asked for, here or not, and every no to a proof takes the same time, so that asking tells nothing.
/// Imports are nobody's to read at an upstream, so they open to no proof. Bounded; safe for several threads.
/// </summary>
sealed class ReadingRights(CacheFolder cache, NodeId self, OpenRepos opened, Func<string, PlaceReader?> ownReader, TimeProvider time)
{
    /// <summary>How often one node may fail in an hour.</summary>
    public const int MostTries = 3;

    /// <summary>How often nodes at one address may fail in an hour: a key is made in no time.</summary>
    public const int MostTriesOfAddress = 30;

    // Nodes whose tries are remembered. Those who are turned away when it is full can come again.
    const int MostNodes = 4096;

    // A no takes as long as it may take to find out, wherever the bytes to compare with come from.
    static readonly TimeSpan ChallengeLife = TimeSpan.FromMinutes(2), Hour = TimeSpan.FromHours(1), NoTime = TimeSpan.FromSeconds(3), OwnReading = TimeSpan.FromSeconds(2.5);

    readonly RepoRecords _records = new(cache);
    readonly Shelf _all = new(cache, _ => true);
    readonly Lock _lock = new();
    readonly Dictionary<NodeId, Reader> _readers = [];
    (string Generation, Dictionary<string, RepoRecord> BySubject) _subjects = ("", []);

    /// <summary>Null when the node, or nodes at its address, have failed too often, or there are too many.</summary>
    public PeerReadingChallenge? Challenge(NodeId node, IPAddress address, string subject)
    {
        lock (_lock)
        {
            var since = time.Steady() - Hour;
            if (ReaderOf(node) is not { } reader || reader.Tries(since) >= MostTries
                || _readers.Values.Sum(other => other.Asked.Count(asked => asked.At > since && asked.From.Equals(address))) >= MostTriesOfAddress)
                return null;
            // Until it is answered rightly, it counts as a failure.
            var nonce = RandomNumberGenerator.GetBytes(ReadingProof.NonceBytes);
            var challenge = new PeerReadingChallenge(Convert.ToHexStringLower(nonce), ReadingPlaces.Draw());
            reader.Asked.Add(new(subject, nonce, challenge.Places, address, time.Steady()));
            return challenge;
        }
    }

    /// <summary>This node's own proof in return, when the asker's is right; the repo is then open to it. Else null.</summary>
    public async Task<PeerReadingAnswer?> TakeAsync(NodeId node, PeerReadingProof proof, CancellationToken cancellationToken)
    {
        var no = Task.Delay(NoTime, time, cancellationToken);
        if (await CompareAsync(node, proof, cancellationToken) is { } answer)
            return answer;
        await no;
        return null;
    }

    async Task<PeerReadingAnswer?> CompareAsync(NodeId node, PeerReadingProof proof, CancellationToken cancellationToken)
    {
        if (Find(node, proof) is not { } asked || ReadingProof.Read(proof.Mac, SHA256.HashSizeInBytes) is not { } mac || RecordOf(asked.Subject) is not { } record
            || ReadingPlaces.In(record.Files.Select(file => file.File), asked.Places) is not { } places
            || (Read(record, places) ?? await ReadAsync(asked.Subject, places, cancellationToken)) is not { } bytes
            || !CryptographicOperations.FixedTimeEquals(mac, ReadingProof.Compute(asked.Nonce, node, self, asked.Subject, bytes)))
            return null;
        lock (_lock)
            if (_readers.TryGetValue(node, out var reader))
                reader.Asked.Remove(asked);
        opened.Open(node, record.Repo, record.Commit);
        return new(Convert.ToHexStringLower(ReadingProof.Compute(asked.Nonce, self, node, asked.Subject, bytes)));
    }

    // While an add of this node's own gets the repo: with the rights of that add.
    async Task<byte[]?> ReadAsync(string subject, IReadOnlyList<ReadingPlace> places, CancellationToken cancellationToken)
    {
        if (ownReader(subject) is not { } reader)
            return null;
        using var enough = new CancellationTokenSource(OwnReading, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            return await reader.ReadAsync(places, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    // A challenge is good for one answer, right or wrong.
    Asked? Find(NodeId node, PeerReadingProof proof)
    {
        lock (_lock)
        {
            if (!_readers.TryGetValue(node, out var reader) || ReadingProof.Read(proof.Nonce, ReadingProof.NonceBytes) is not { } nonce)
                return null;
            var asked = reader.Asked.Find(one => one.IsOpen && one.Subject == proof.Subject && one.At > time.Steady() - ChallengeLife && one.Nonce.AsSpan().SequenceEqual(nonce));
            asked?.IsOpen = false;
            return asked;
        }
    }

    RepoRecord? RecordOf(string subject)
    {
        var generation = _records.Generation();
        lock (_lock)
        {
            if (_subjects.Generation != generation || _subjects.BySubject.Count is 0)
                _subjects = (generation, _records.All().Where(record => record is { Public: null, IsPartial: false, Origin: not RepoOrigin.Imported })
                    .DistinctBy(record => (record.Repo, record.Commit)).ToDictionary(record => ReadingProof.SubjectOf(record.Repo, record.Commit)));
            return _subjects.BySubject.GetValueOrDefault(subject);
        }
    }

    // Null when this node lacks one of the files itself.
    byte[]? Read(RepoRecord record, IReadOnlyList<ReadingPlace> places)
    {
        var bytes = new MemoryStream();
        Span<byte> step = stackalloc byte[ReadingPlaces.Length];
        try
        {
            foreach (var place in places)
            {
                if (_all.Locate(new Place(record.Repo, record.Commit, place.File)) is not { } path)
                    return null;
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var part = step[..(int)place.Range.Length];
                if (RandomAccess.Read(file, part, place.Range.Start) != part.Length)
                    return null;
                bytes.Write(part);
            }
            return bytes.ToArray();
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null; // Removed in this moment.
        }
    }

    Reader? ReaderOf(NodeId node)
    {
        if (_readers.TryGetValue(node, out var known))
            return known;
        if (_readers.Count >= MostNodes)
            foreach (var (idle, reader) in _readers)
                if (reader.Tries(time.Steady() - Hour) is 0)
                    _readers.Remove(idle);
        return _readers.Count >= MostNodes ? null : _readers[node] = new();
    }

    sealed class Reader
    {
        public List<Asked> Asked { get; } = [];

        /// <summary>Challenges since then that were not answered rightly; older ones are forgotten.</summary>
        public int Tries(TimeSpan since)
        {
            Asked.RemoveAll(asked => asked.At <= since);
            return Asked.Count;
        }
    }

    sealed record Asked(string Subject, byte[] Nonce, ulong[] Places, IPAddress From, TimeSpan At)
    {
        public bool IsOpen { get; set; } = true;
    }
}
