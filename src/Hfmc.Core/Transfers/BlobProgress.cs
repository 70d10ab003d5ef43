using System.Collections.Immutable;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Transfers;

/// <summary>How far one blob is, written by its transfer and read by whoever shows it; counts are bytes.</summary>
public sealed class BlobProgress(Blob blob, Pulse? told = null)
{
    readonly long[] _byKind = new long[Enum.GetValues<SourceKind>().Length];
    ImmutableHashSet<string> _givers = [];
    long _held;
    int _retries;

    public Blob Blob { get; } = blob;

    /// <summary>The same, as peers are told of it.</summary>
    public LiveBlob Live { get; } = new(blob, told ?? new());

    /// <summary>Who wants what of it.</summary>
    public BlobWants Wants { get; } = new();

    /// <summary>The source being read, or null between sources.</summary>
    public string? Source { get; set; }

    /// <summary>The crowd that fetches it; null without one.</summary>
    public CrowdView? Crowd { get; set; }

    /// <summary>The peers that bytes came from, without those whose bytes were thrown away.</summary>
    public IReadOnlySet<string> Givers => Volatile.Read(ref _givers);

    public long Held => Volatile.Read(ref _held);

    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Bytes taken from sources of this kind, without those that were thrown away.</summary>
    public long From(SourceKind kind) => Volatile.Read(ref _byKind[(int)kind]);

    /// <summary>What an earlier run left on disk.</summary>
    public void Resumed(long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        Interlocked.Add(ref _byKind[(int)SourceKind.Disk], bytes);
    }

    /// <summary>Another process fetches the blob; this is how far it is.</summary>
    public void Follow(long held) => Volatile.Write(ref _held, held);

    /// <summary>The blob was complete on this disk, or another process or request completed it.</summary>
    public void CompletedBy(SourceKind kind)
    {
        Restart();
        Received(kind, Blob.Size);
    }

    public void Received(ISource source, long bytes)
    {
        if (bytes > 0 && source.Kind is SourceKind.Peer && !Givers.Contains(source.Name))
            ImmutableInterlocked.Update(ref _givers, static (givers, giver) => givers.Add(giver), source.Name);
        Received(source.Kind, bytes);
    }

    void Received(SourceKind kind, long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        Interlocked.Add(ref _byKind[(int)kind], bytes);
    }

    /// <summary>Bytes from such a source turned out wrong.</summary>
    public void Dropped(SourceKind kind, long bytes) => Received(kind, -bytes);

    public void Retried() => Interlocked.Increment(ref _retries);

    /// <summary>All bytes were thrown away.</summary>
    public void Restart()
    {
        Volatile.Write(ref _held, 0);
        Array.Clear(_byKind);
        Volatile.Write(ref _givers, []);
    }
}
