using Hfmc.Core.Repos;

namespace Hfmc.Core.Transfers;

/// <summary>
/// The transfers that run in this process: two requests for one blob are one transfer. It ends early only when the last
/// request that wants it is cancelled.
/// </summary>
public sealed class TransferBoard
{
    // Enough for the news of the last minutes; who missed it looks at the cache.
    const int MostRemembered = 1 << 16;

    readonly Lock _lock = new();
    readonly Dictionary<ETag, Running> _running = [];
    readonly HashSet<ETag> _ended = [];
    long _fetched;

    /// <summary>Bytes that ended transfers and those under way took from peers and upstreams.</summary>
    public long Fetched => Volatile.Read(ref _fetched) + Current.Sum(FetchedBy);

    public IReadOnlyList<BlobProgress> Current
    {
        get
        {
            lock (_lock)
                return [.. _running.Values.Select(running => running.Progress)];
        }
    }

    /// <summary>Beats when there is something to tell peers: a piece has come or was begun, or a transfer has ended.</summary>
    public Pulse Changed { get; } = new();

    /// <summary>The blob's transfer, as peers are told of it; null when none runs.</summary>
    public LiveBlob? Find(ETag blob)
    {
        lock (_lock)
            return _running.GetValueOrDefault(blob)?.Progress.Live;
    }

    /// <summary>Bytes of the blob that its transfer has brought here; null when none runs.</summary>
    public long? HeldOf(ETag blob)
    {
        lock (_lock)
            return _running.GetValueOrDefault(blob)?.Progress.Held;
    }

    /// <summary>A transfer of the blob has ended in this process, well or not: where it is must be looked up again.</summary>
    public bool HasEnded(ETag blob)
    {
        lock (_lock)
            return _ended.Contains(blob);
    }

    /// <summary>Joins the blob's transfer, or starts it; <paramref name="joined"/> gets the progress they share, before the first request.</summary>
    public async Task<string> RunAsync(
        Blob blob, Action<BlobProgress> joined, Func<BlobProgress, CancellationToken, Task<string>> fetch, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (running, isOwn) = Join(blob, fetch);
            try
            {
                try
                {
                    joined(running.Progress);
                }
                finally
                {
                    if (isOwn)
                        running.Begin();
                }
                return await running.Task.WaitAsync(cancellationToken);
            }
            catch (HfmcException) when (!isOwn)
            {
                // The request that began it may have had fewer sources or rights: now with this one's.
            }
            finally
            {
                await LeaveAsync(running);
            }
        }
    }

    (Running Running, bool IsOwn) Join(Blob blob, Func<BlobProgress, CancellationToken, Task<string>> fetch)
    {
        lock (_lock)
        {
            var isOwn = !_running.TryGetValue(blob.ETag, out var running) || running.Cancel.IsCancellationRequested || running.Task.IsCompleted;
            if (isOwn || running is null)
                _running[blob.ETag] = running = Running.Create(new(blob, Changed), fetch);
            running.Wanted++;
            return (running, isOwn);
        }
    }

    // The last to leave waits for the end, so that no file is open and no process busy behind a finished command.
    async Task LeaveAsync(Running running)
    {
        lock (_lock)
        {
            if (--running.Wanted > 0)
                return;
            running.Cancel.Cancel();
            _fetched += FetchedBy(running.Progress);
            if (_running.TryGetValue(running.Progress.Blob.ETag, out var listed) && listed == running)
                _running.Remove(running.Progress.Blob.ETag);
            if (_ended.Count >= MostRemembered)
                _ended.Clear();
            _ended.Add(running.Progress.Blob.ETag);
        }
        Changed.Beat();
        await running.Task.ContinueWith(static _ => { }, TaskScheduler.Default);
        running.Cancel.Dispose();
    }

    static long FetchedBy(BlobProgress progress) =>
        progress.From(SourceKind.Peer) + progress.From(SourceKind.Mirror) + progress.From(SourceKind.Hub);

    sealed class Running(BlobProgress progress)
    {
        readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BlobProgress Progress { get; } = progress;

        public CancellationTokenSource Cancel { get; } = new();

        public Task<string> Task { get; private set; } = System.Threading.Tasks.Task.FromResult("");

        public int Wanted { get; set; }

        /// <summary>Who made it has said what he wants.</summary>
        public void Begin() => _begin.SetResult();

        public static Running Create(BlobProgress progress, Func<BlobProgress, CancellationToken, Task<string>> fetch)
        {
            var running = new Running(progress);
            running.Task = running.RunAsync(fetch);
            return running;
        }

        async Task<string> RunAsync(Func<BlobProgress, CancellationToken, Task<string>> fetch)
        {
            await _begin.Task;
            return await fetch(Progress, Cancel.Token);
        }
    }
}
