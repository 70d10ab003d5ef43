using System.Security.Cryptography;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// As which xorbs each file is told. By its chunk list where that is kept; else cut evenly, so that a file may be read while it is still
/// arriving and nobody knows its chunks. A client holds on to the xorbs that it was first told, so a file that was told as even ones
/// stays so for as long as somebody may be reading. Safe for several threads.
/// </summary>
sealed class XetShapes(ChunkLists lists, TimeProvider time)
{
    // Of each kind. A map takes some hundred bytes for each gigabyte of the file.
    const int MostKept = 256;

    // Longer than a link is good, so that whoever renews one gets the same again.
    static readonly TimeSpan HeldOn = 2 * XorbLinks.Life;

    readonly Lock _lock = new();
    readonly Dictionary<ETag, XorbMap> _own = [];
    readonly Dictionary<ETag, Evenly> _even = [];

    public XorbMap Of(Blob blob)
    {
        lock (_lock)
        {
            var now = time.Steady();
            if (_even.TryGetValue(blob.ETag, out var even) && now < even.Until)
                return (_even[blob.ETag] = even with { Until = now + HeldOn }).Map;
            if (_own.TryGetValue(blob.ETag, out var own))
                return own;
        }
        return lists.Read(blob) is { } list ? Keep(blob, XorbMap.Of(list)) : EvenOf(blob);
    }

    /// <summary>What was read of the blob was wrong: its xorbs are never told under these names again, as a client may have kept some.</summary>
    public void Forget(Blob blob)
    {
        lock (_lock)
            _even.Remove(blob.ETag);
    }

    /// <summary>The xorb of a run; null when the chunk list that told of it is no longer there.</summary>
    public Xorb? Open(Blob blob, XorbRun run, bool isEven)
    {
        if (isEven)
            return Xorb.Even(run);
        var xorb = lists.ReadPart(blob, run.First, run.Count) is { } chunks ? Xorb.Of(run, chunks) : null;
        if (xorb is null)
            lock (_lock)
                _own.Remove(blob.ETag);
        return xorb;
    }

    XorbMap Keep(Blob blob, XorbMap own)
    {
        lock (_lock)
        {
            if (_own.Count >= MostKept)
                _own.Clear();
            return _own[blob.ETag] = own;
        }
    }

    /// <summary>Cut evenly, whatever is known; two who ask at the same moment are told the same.</summary>
    public XorbMap EvenOf(Blob blob)
    {
        var now = time.Steady();
        lock (_lock)
        {
            if (_even.TryGetValue(blob.ETag, out var kept) && now < kept.Until)
                return kept.Map;
            if (_even.Count >= MostKept)
                _even.Clear();
            return (_even[blob.ETag] = Evenly.Of(blob, now + HeldOn)).Map;
        }
    }

    readonly record struct Evenly(XorbMap Map, TimeSpan Until)
    {
        // Nothing proves these bytes before the whole file is there, so a name must not be found again in a client's cache of another day.
        public static Evenly Of(Blob blob, TimeSpan until)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            return new(XorbMap.Even(blob.Size, i => XetHash.Read(HMACSHA256.HashData(key, BitConverter.GetBytes(i)))), until);
        }
    }
}
