using System.Globalization;
using Hfmc.Core.Peers;
using Hfmc.Core.Platform;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// The peers that did not answer their last greeting. They are greeted in the background: who needs peers goes on at once with those that
/// answer, and one that has come back answers within a moment. Safe for several threads.
/// </summary>
public sealed class SilentPeers(TimeProvider time) : IAsyncDisposable
{
    /// <summary>A daemon on a LAN that is there answers within it.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.1);

    readonly Lock _lock = new();
    // Since when, by the steady clock: the end of the last greeting that had its full time.
    readonly Dictionary<PeerAddress, TimeSpan> _silent = [];
    readonly Dictionary<(PeerClient, PeerAddress), Task> _greetings = [];
    readonly CancellationTokenSource _ending = new();

    /// <summary>When the book of peers was written that these are of.</summary>
    public DateTime BookWritten { get; private set; }

    /// <summary>All of them, and how long ago each last had its full time.</summary>
    public IReadOnlyList<(PeerAddress Peer, TimeSpan Ago)> All
    {
        get
        {
            lock (_lock)
                return [.. _silent.Select(peer => (peer.Key, time.Steady() - peer.Value))];
        }
    }

    public bool Contains(PeerAddress peer)
    {
        lock (_lock)
            return _silent.ContainsKey(peer);
    }

    /// <summary>The book of peers was last written at that time: after a change all in it are greeted as new ones, for somebody has just named one by hand.</summary>
    public void Follow(DateTime bookWritten)
    {
        lock (_lock)
        {
            if (BookWritten == bookWritten)
                return;
            BookWritten = bookWritten;
            _silent.Clear();
        }
    }

    /// <summary>A greeting has ended so; null: it was answered.</summary>
    public void Note(PeerAddress peer, SourceException? error)
    {
        lock (_lock)
            if (error?.Fault is SourceFault.Unreachable or SourceFault.Stalled or SourceFault.Away)
                _silent[peer] = time.Steady();
            else
                _silent.Remove(peer);
    }

    /// <summary>It was silent so long ago, as another process has noted.</summary>
    public void Recall(PeerAddress peer, TimeSpan ago)
    {
        lock (_lock)
            _silent.TryAdd(peer, time.Steady() - ago);
    }

    /// <summary>
    /// Greets a peer that has its full time, and notes how that ended. One that fails within a moment costs nothing and is not silent.
    /// </summary>
    internal async Task<T> WatchAsync<T>(PeerAddress peer, Func<Task<T>> greet)
    {
        var begun = time.GetTimestamp();
        try
        {
            var answer = await greet();
            Note(peer, null);
            return answer;
        }
        catch (SourceException error)
        {
            Note(peer, time.GetElapsedTime(begun) > Moment ? error : null);
            throw;
        }
    }

    /// <summary>Greets one of them, and waits a moment for it; the greeting goes on in the background, for those that ask later.</summary>
    internal async Task<T> GreetAsync<T>(
        PeerClient client, PeerAddress peer, Func<CancellationToken, Task<T>> greet, CancellationToken cancellationToken)
    {
        try
        {
            return await ShareAsync(client, peer, greet).WaitAsync(Moment, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new SourceException(SourceFault.Stalled, string.Create(CultureInfo.InvariantCulture,
                $"peer {peer} has been silent for {AgeOf(peer).TotalSeconds:0} s, so it was given a moment only ({Moment.TotalSeconds} s);"
                + $" 'hfmc peer add {peer}' waits for it in full"));
        }
    }

    // Those that ask for the same at one time share the greeting, which no caller ends.
    Task<T> ShareAsync<T>(PeerClient client, PeerAddress peer, Func<CancellationToken, Task<T>> greet)
    {
        lock (_lock)
        {
            if (_greetings.TryGetValue((client, peer), out var known))
                return (Task<T>)known;
            var greeting = GreetOnceAsync(client, peer, greet);
            if (!greeting.IsCompleted)
                _greetings[(client, peer)] = greeting;
            return greeting;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task[] greetings;
        lock (_lock)
            greetings = [.. _greetings.Values];
        await Task.WhenAll(greetings).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _ending.Dispose();
    }

    async Task<T> GreetOnceAsync<T>(PeerClient client, PeerAddress peer, Func<CancellationToken, Task<T>> greet)
    {
        // The lock is held by who begins this.
        await Task.Yield();
        try
        {
            return await WatchAsync(peer, () => greet(_ending.Token));
        }
        finally
        {
            lock (_lock)
                _greetings.Remove((client, peer));
        }
    }

    TimeSpan AgeOf(PeerAddress peer)
    {
        lock (_lock)
            return _silent.TryGetValue(peer, out var since) ? time.Steady() - since : Moment;
    }
}
