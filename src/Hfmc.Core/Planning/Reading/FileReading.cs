using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Planning;

/// <summary>
/// Somebody who reads a range of a file while it comes: from the blob's transfer, which he joins or starts, and which is the same for all
/// who want the blob. He is shown what an upstream sent or a proven list of chunks covers, and the end of the file only when the digest
/// has agreed. For one reader at a time.
/// </summary>
public sealed class FileReading : IAsyncDisposable
{
    /// <summary>Bytes at the end of a file that nobody gets before its digest has agreed.</summary>
    public const int Tail = 64 << 10;

    /// <summary>Bytes: so much beside what was asked for is fetched too, and the file is complete then.</summary>
    public const long SmallRest = 64 << 20;

    readonly FileReadings _readings;
    readonly WantedFile _wanted;
    readonly ByteRange _range;
    readonly bool _isBounded;
    readonly UrgentReads _urgent;
    readonly Pulse _joined = new();
    readonly CancellationTokenSource _leaving;
    readonly Task<string> _fetching;
    readonly Lock _lock = new();
    BlobProgress? _progress;
    BlobWant? _want;
    LiveBlob? _opened;
    SafeFileHandle? _file;
    long _given;
    bool _completes;
    volatile bool _wasShownWrong, _hasLeft;

    internal FileReading(FileReadings readings, WantedFile wanted, ByteRange range, bool isBounded, CancellationToken ending)
    {
        (_readings, _wanted, _range, _isBounded, _given) = (readings, wanted, range, isBounded, range.Start);
        _completes = !isBounded || File.Size - range.Length <= SmallRest;
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var fetch = new FileFetch(readings.Engine, wanted, readings.Warn);
        _urgent = new([.. fetch.Upstreams()], readings.Slots, Time);
        _fetching = Task.Run(() => fetch.RunAsync(Join, _leaving.Token));
    }

    /// <summary>A source has failed, and others are asked.</summary>
    public bool HasTrouble => Volatile.Read(ref _progress) is { Retries: > 0 };

    RepoFile File => _wanted.File;

    TimeProvider Time => _readings.Engine.Time;

    /// <summary>Waits until some bytes from <paramref name="at"/> on may be shown; what was asked for before has been sent by then.</summary>
    /// <exception cref="HfmcException">They cannot be had; or (<see cref="ShownWrongException"/>) those before were wrong.</exception>
    public async ValueTask<ReadyBytes> NextAsync(long at, CancellationToken cancellationToken)
    {
        var since = Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var progress = Volatile.Read(ref _progress);
            List<Task> wakes = [_joined.Next, _fetching];
            if (progress is not null)
                wakes.AddRange([progress.Wants.Changed.Next, progress.Live.Turned.Next, progress.Live.Reads.Ended.Next, progress.Live.ArrivedIn(progress.Live.Grid.PieceAt(at)).Next]);

            if (_wasShownWrong)
                throw new ShownWrongException(File.Path.Text);
            if (_fetching.IsCompleted)
                return Give(OpenNamed(await _fetching), _range.End);
            if (progress is not null && TryGive(progress, at) is { } ready)
                return ready;

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            wakes.Add(Task.Delay(progress is null ? Timeout.InfiniteTimeSpan : Ask(progress, at, ref since), Time, enough.Token));
            await Task.WhenAny(wakes);
            await enough.CancelAsync();
        }
    }

    /// <summary>
    /// He needs no more. Who had all of a file to its end has it completed and kept; else the transfer ends at the border of a piece, unless
    /// others need it.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _hasLeft = true;
        _file?.Dispose();
        _readings.Behind(LeaveAsync());
        return ValueTask.CompletedTask;
    }

    ReadyBytes? TryGive(BlobProgress progress, long at)
    {
        var live = progress.Live;
        if (live.Partial is not { } partial || Open(live) is not { } file)
            return null;
        if (live.HasAgreed)
            return Give(file, _range.End);
        if (_want is { } want)
            want.At = at;
        var end = Limit(progress, partial);
        return at < end && partial.Vouched(new(at, end)) is > 0 and var ready ? Give(file, at + ready) : null;
    }

    ReadyBytes Give(SafeFileHandle file, long end)
    {
        Volatile.Write(ref _given, end);
        // In this order: who finds bytes wrong after this look finds them given.
        return _wasShownWrong ? throw new ShownWrongException(File.Path.Text) : new(file, end);
    }

    // A look at the end of a big file that nobody downloads cannot wait for all of it.
    long Limit(BlobProgress progress, PartialBlob partial)
    {
        if (!_completes && progress.Wants.Unwanted(partial.Gaps(ByteRange.Whole(File.Size))) <= SmallRest)
        {
            _completes = true;
            _want?.MakeWhole();
        }
        return _completes || progress.Wants.IsWhole ? Math.Min(_range.End, Math.Max(0, File.Size - Tail)) : _range.End;
    }

    // Sees to it that the bytes come, and says when to look again.
    TimeSpan Ask(BlobProgress progress, long at, ref long since)
    {
        if (progress.Live.Partial is not { } partial || at >= Limit(progress, partial))
            return Timeout.InfiniteTimeSpan;
        if (_urgent.IsVain)
            _want?.MakeWhole();
        var isCovered = progress.Live.Reads.Covers(at, progress.Live.HasProof);
        var left = ReadPatience.Of(progress, isCovered, isFirst: _given == _range.Start, _urgent.IsVain) - Time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
            return TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        since = Time.GetTimestamp();
        _urgent.TryBegin(progress, partial, at, _range.End, force: isCovered);
        return ReadPatience.Longest;
    }

    SafeFileHandle? Open(LiveBlob live)
    {
        if (_opened == live && _file is not null)
            return _file;
        _file?.Dispose();
        (_opened, _file) = (live, live.OpenFile());
        return _file;
    }

    // Opened while it came, it is the same file, whatever its name is now.
    SafeFileHandle OpenNamed(string path) =>
        _file is not null && _opened is { HasAgreed: true } ? _file : _file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    void Join(BlobProgress progress)
    {
        lock (_lock)
        {
            Part();
            if (_hasLeft)
                return;
            _want = progress.Wants.Enter(_range, _completes || File.Size <= MemoryBlob.Largest);
            progress.Live.Forgot += Forget;
            Volatile.Write(ref _progress, progress);
        }
        _joined.Beat();
    }

    void Forget(IReadOnlyList<ByteRange> wrong)
    {
        var given = Volatile.Read(ref _given);
        if (_hasLeft || !wrong.Any(range => range.Start < given && _range.Start < range.End))
            return;
        _wasShownWrong = true;
        _readings.NoteWrong(File.ETag);
    }

    void Part()
    {
        if (_progress is { } before)
            before.Live.Forgot -= Forget;
        _want?.Dispose();
        _want = null;
    }

    async Task LeaveAsync()
    {
        if (!(_given >= _range.End && _completes && !_wasShownWrong))
        {
            lock (_lock)
                Part();
            if (_progress is { Wants.IsEmpty: true } progress)
                await progress.Live.Reads.SettleAsync(ReadPatience.Border, Time, _leaving.Token);
            await _leaving.CancelAsync();
        }
        // How it ends is nobody's matter any more.
        await _fetching.ContinueWith(static _ => { }, TaskScheduler.Default);
        lock (_lock)
            Part();
        _leaving.Dispose();
    }
}
