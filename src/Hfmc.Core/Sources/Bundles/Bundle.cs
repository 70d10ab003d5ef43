using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// The small blobs that one add takes from one peer. What has gathered goes into one request, and each blob goes to whoever waits for
/// it as its frame comes: nothing is kept here. Safe for several threads.
/// </summary>
sealed class Bundle(PeerClient client, PeerAddress peer, TimeProvider time) : IAsyncDisposable
{
    // Two, so that what comes up while a request waits for the last of its blobs need not wait with it.
    const int MostRequests = 2;

    // A walk over thousands of files names its blobs within such a time.
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    readonly Lock _lock = new();
    readonly Queue<Waiting> _gathered = new();
    readonly CancellationTokenSource _ending = new();
    readonly List<Task> _requests = [];
    bool _isGathering;

    public string Name { get; } = $"peer {peer}";

    /// <summary>It was silent, broke off or lied: not to be counted on for more.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Returns when the blob has been written to the sink.</summary>
    /// <exception cref="SourceException">The peer did not give it.</exception>
    public async Task ReadAsync(Blob blob, IRangeSink sink, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(blob, sink);
        lock (_lock)
        {
            _gathered.Enqueue(waiting);
            Begin();
        }
        try
        {
            await waiting.Came.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            waiting.Sink = null;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task[] requests;
        lock (_lock)
            requests = [.. _requests];
        await Task.WhenAll(requests);
        lock (_lock)
            FailAll([.. _gathered], Ended());
        _ending.Dispose();
    }

    void Begin()
    {
        if (_isGathering || _gathered.Count is 0)
            return;
        _requests.RemoveAll(request => request.IsCompleted);
        if (_ending.IsCancellationRequested)
        {
            FailAll([.. _gathered], Ended());
            _gathered.Clear();
        }
        else if (_requests.Count < MostRequests)
        {
            _isGathering = true;
            _requests.Add(Task.Run(RunAsync));
        }
    }

    async Task RunAsync()
    {
        try
        {
            await Task.Delay(Gathering, time, _ending.Token);
        }
        catch (OperationCanceledException)
        {
            // What has gathered is told so by the request.
        }
        for (var named = Take(); named.Count > 0; named = Take())
            await AskAsync(named);
    }

    Dictionary<ETag, Waiting> Take()
    {
        var named = new Dictionary<ETag, Waiting>();
        lock (_lock)
        {
            while (named.Count < PeerProtocol.MostBundled && _gathered.TryPeek(out var next) && named.TryAdd(next.Blob.ETag, next))
                _gathered.Dequeue();
            _isGathering = false;
            Begin();
        }
        return named;
    }

    // Never fails: those who wait do.
    async Task AskAsync(Dictionary<ETag, Waiting> named)
    {
        var failure = new SourceException(SourceFault.Missing, $"{Name} did not send it");
        try
        {
            await using var reader = await client.BundleAsync(peer, named.Keys, _ending.Token);
            while (named.Count > 0 && await reader.NextAsync() is { } frame)
            {
                if (!named.TryGetValue(frame.ETag, out var waiting) || waiting.Blob.Size != frame.Length)
                    throw new SourceException(SourceFault.Lied, $"{Name} sent {frame.Length} bytes of {frame.ETag}, which nobody asked for");
                await reader.CopyAsync(frame.Length, waiting.Sink);
                named.Remove(frame.ETag);
                waiting.Came.TrySetResult();
            }
        }
        catch (SourceException error)
        {
            failure = error;
            HasFailed |= error.Fault is SourceFault.Unreachable or SourceFault.Stalled or SourceFault.Lied;
        }
        catch (OperationCanceledException)
        {
            failure = Ended();
        }
#pragma warning disable CA1031 // A defect, or a sink that fails: those who wait must hear of it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            foreach (var waiting in named.Values)
                waiting.Came.TrySetException(defect);
        }
        FailAll(named.Values, failure);
    }

    SourceException Ended() => new(SourceFault.Unreachable, $"{Name} is not asked any more");

    static void FailAll(IEnumerable<Waiting> all, SourceException failure)
    {
        foreach (var waiting in all)
            waiting.Came.TrySetException(failure);
    }

    sealed class Waiting(Blob blob, IRangeSink sink)
    {
        public Blob Blob => blob;

        /// <summary>Null when nobody waits any more.</summary>
        public IRangeSink? Sink { get; set; } = sink;

        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
