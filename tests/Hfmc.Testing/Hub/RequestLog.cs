using System.Collections.Concurrent;
using System.Collections.Immutable;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>What reached the hub and what left it.</summary>
sealed class RequestLog
{
    readonly Lock _lock = new();
    readonly ConcurrentDictionary<ETag, long> _served = new();
    ImmutableList<SeenRequest> _requests = [];
    TaskCompletionSource _changed = NewSignal();

    public IReadOnlyList<SeenRequest> Requests => _requests;

    public IReadOnlyDictionary<ETag, long> Served => _served;

    public void Add(SeenRequest request)
    {
        lock (_lock)
        {
            _requests = _requests.Add(request);
            Signal();
        }
    }

    public void Count(ETag blob, long bytes)
    {
        _served.AddOrUpdate(blob, bytes, (_, before) => before + bytes);
        lock (_lock)
            Signal();
    }

    public void Clear()
    {
        lock (_lock)
            _requests = [];
        _served.Clear();
    }

    /// <summary>Completes when the condition holds; it is looked at after each request and each piece served.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (condition())
                return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
