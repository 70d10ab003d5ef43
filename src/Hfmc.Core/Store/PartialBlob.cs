using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Store;

/// <summary>
/// A blob on its way: <c>partial/&lt;etag&gt;</c>, its journal beside it, and a lock that one process holds. Ranges may come in any
/// order and from several threads; the digest is computed beside the writing. Survives a kill at any moment.
/// </summary>
public sealed partial class PartialBlob : IBlobTarget, IAsyncDisposable
{
    // Asking the disk to begin early leaves little for the final sync; smaller steps cost calls.
    const long WriteOutStep = 16 << 20;

    readonly PartialLock _ours;
    readonly SafeFileHandle _file;
    readonly RangeJournal _journal;
    readonly PrefixDigest _digest;
    readonly RangeSet _held = new();
    readonly RangeSet _claimed = new();
    readonly Lock _lock = new();
    readonly Lock _writing = new();
    long _writtenOut;

    PartialBlob(Blob blob, PartialPaths paths, PartialLock ours)
    {
        (Blob, Paths, _ours) = (blob, paths, ours);
        _file = File.OpenHandle(paths.Bytes, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _journal = RangeJournal.Open(paths.Journal, blob.Size);
        _digest = new(_file, blob);
        Recover();
    }

    public Blob Blob { get; }

    public PartialPaths Paths { get; }

    /// <summary>Called with each range that has come to be here, from the thread that wrote it.</summary>
    public Action<ByteRange>? Arrived { get; set; }

    /// <summary>Called with what was forgotten: it was wrong.</summary>
    public Action<IReadOnlyList<ByteRange>>? Forgotten { get; set; }

    /// <summary>Bytes that are on disk.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
                return _held.Length;
        }
    }

    /// <summary>Null when another process is at work on this blob.</summary>
    public static PartialBlob? TryOpen(string folder, Blob blob)
    {
        var paths = new PartialPaths(folder, blob.ETag);
        PartialLock? ours = null;
        try
        {
            ours = PartialLock.TryTake(paths.Lock);
            return ours is null ? null : new(blob, paths, ours);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            ours?.Dispose();
            throw DiskFailure.Of($"write {paths.Bytes}", error);
        }
    }

    /// <summary>How many bytes of the blob a partial in <paramref name="folder"/> holds, without touching it; 0 when there is none.</summary>
    public static long HeldOnDisk(string folder, Blob blob) => OnDisk(folder, blob).Length;

    /// <summary>The same, as the ranges that they are.</summary>
    public static RangeSet OnDisk(string folder, Blob blob) =>
        blob.Size <= MemoryBlob.Largest ? new() : RangeJournal.Peek(new PartialPaths(folder, blob.ETag).Journal, blob.Size);

    /// <summary>The parts of <paramref name="window"/> that are not here yet, in order.</summary>
    public IReadOnlyList<ByteRange> Gaps(ByteRange window)
    {
        lock (_lock)
            return [.. _held.Gaps(window)];
    }

    /// <summary>Writes what of <paramref name="bytes"/> is still missing, bytes first, journal second; returns how many that were.</summary>
    public int Write(long offset, ReadOnlySpan<byte> bytes, bool isVouched = false)
    {
        var taken = 0;
        foreach (var gap in Claim(new(offset, offset + bytes.Length)))
        {
            var part = bytes.Slice((int)(gap.Start - offset), (int)gap.Length);
            try
            {
                Store(gap, part, isVouched);
            }
            catch (Exception error) when (DiskFailure.Is(error))
            {
                throw DiskFailure.Of($"write {Paths.Bytes}", error);
            }
            Add(gap, isVouched);
            taken += part.Length;
        }
        return taken;
    }

    /// <summary>Whether the bytes, now all here, have the digest that names the blob.</summary>
    public async Task<bool> AgreesAsync(CancellationToken cancellationToken) =>
        await _digest.FinishAsync(cancellationToken) == Blob.ETag;

    /// <summary>Forgets all bytes: they were not the blob's.</summary>
    public async Task ResetAsync()
    {
        await _digest.ResetAsync();
        lock (_lock)
        {
            _journal.Clear();
            RandomAccess.SetLength(_file, 0);
            _held.Clear();
            _claimed.Clear();
            _vouched.Clear();
            _writtenOut = 0;
        }
        Forgotten?.Invoke([ByteRange.Whole(Blob.Size)]);
    }

    /// <summary>Forgets these bytes: they were not the blob's. What comes in their place is written anew.</summary>
    public async Task ForgetAsync(IReadOnlyList<ByteRange> ranges)
    {
        await _digest.ResetAsync();
        long prefix;
        lock (_lock)
        {
            _journal.Forget(ranges);
            foreach (var range in ranges)
            {
                _held.Remove(range);
                _claimed.Remove(range);
                _vouched.Remove(range);
            }
            prefix = _held.Prefix;
        }
        _digest.Advance(prefix);
        Forgotten?.Invoke(ranges);
    }

    /// <summary>Reads bytes that are here.</summary>
    public int Read(Span<byte> into, long offset) => RandomAccess.Read(_file, into, offset);

    /// <summary>The bytes for a reader of its own, who may go on when the blob has got its name.</summary>
    public SafeFileHandle OpenForReading() => File.OpenHandle(Paths.Bytes, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Makes the bytes durable and gives the file its name at <paramref name="target"/>; the journal goes.</summary>
    public void MoveTo(string target)
    {
        DiskFailure.Guard($"write {target}", () =>
        {
            RandomAccess.FlushToDisk(_file);
            File.Move(Paths.Bytes, target, overwrite: true);
            NativeFiles.SyncFolder(Path.GetDirectoryName(target)!);
            File.Delete(Paths.Journal);
        });
    }

    /// <summary>Removes bytes and journal: the blob came another way.</summary>
    public void Discard()
    {
        File.Delete(Paths.Bytes);
        File.Delete(Paths.Journal);
    }

    public async ValueTask DisposeAsync()
    {
        await _digest.StopAsync();
        _digest.Dispose();
        _journal.Dispose();
        _file.Dispose();
        // The lock file stays for the next one; a prune takes it away.
        _ours.Dispose();
    }

    void Recover()
    {
        var length = RandomAccess.GetLength(_file);
        var check = new JournalCheck(_file);
        var trusted = _journal.Recovered.Where(entry => entry.Range.End <= length && check.Trusts(entry)).ToList();
        // An entry that is wrong today must not become credible when the file has grown again.
        if (trusted.Count < _journal.Recovered.Count)
            _journal.Rewrite(trusted);
        foreach (var entry in trusted)
        {
            _held.Add(entry.Range);
            _claimed.Add(entry.Range);
            if (entry.IsVouched)
                _vouched.Add(entry.Range);
        }
        _digest.Advance(_held.Prefix);
    }

    void Store(ByteRange range, ReadOnlySpan<byte> bytes, bool isVouched)
    {
        var checksum = Crc32C.Compute(bytes);
        // File systems let one write into a file at a time: who waits for that in the kernel burns a core on it.
        lock (_writing)
            RandomAccess.Write(_file, bytes, range.Start);
        _journal.Append(range, checksum, isVouched);
    }

    // Who comes first writes a range, nobody after: the digest may have read it already, and the journal has its checksum.
    List<ByteRange> Claim(ByteRange window)
    {
        lock (_lock)
        {
            var free = _claimed.Gaps(window).ToList();
            free.ForEach(_claimed.Add);
            return free;
        }
    }

    void Add(ByteRange range, bool isVouched)
    {
        var writeOut = default(ByteRange);
        long prefix;
        lock (_lock)
        {
            _held.Add(range);
            if (isVouched)
                _vouched.Add(range);
            prefix = _held.Prefix;
            if (prefix - _writtenOut >= WriteOutStep)
                (writeOut, _writtenOut) = (new(_writtenOut, prefix), prefix);
        }
        _digest.Advance(prefix);
        if (!writeOut.IsEmpty)
            NativeFiles.StartWriteOut(_file, writeOut.Start, writeOut.Length);
        Arrived?.Invoke(range);
    }
}
