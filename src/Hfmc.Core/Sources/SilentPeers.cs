using Hfmc.Core.Peers;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// The peers that did not answer their last greeting. They are greeted in the background: who needs peers goes on at once with those that
/// answer, and one that has come back answers within a moment. Safe for several threads.
/// </summary>
public sealed class SilentPeers : IAsyncDisposable
{
    /// <summary>A daemon on a LAN that is there answers within it.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.1);

    readonly Lock _lock = new();
    readonly HashSet<PeerAddress> _silent = [];
    readonly Dictionary<(PeerClient, PeerAddress), Task> _greetings = [];
    readonly CancellationTokenSource _ending = new();
    DateTime _bookWritten;

    public bool Contains(PeerAddress peer)
    {
        lock (_lock)
            return _silent.Contains(peer);
    }

    /// <summary>The book of peers was last written at that time: after a change all in it are greeted as new ones, for somebody has just named one by hand.</summary>
    public void Follow(DateTime bookWritten)
    {
        lock (_lock)
        {
            if (_bookWritten == bookWritten)
                return;
            _bookWritten = bookWritten;
            _silent.Clear();
        }
    }

    /// <summary>A greeting has ended so; null: it was answered.</summary>
    public void Note(PeerAddress peer, SourceException? error)
    {
        lock (_lock)
            if (error?.Fault is SourceFault.Unreachable or SourceFault.Stalled or SourceFault.Away)
                _silent.Add(peer);
            else
                _silent.Remove(peer);
    }

    /// <summary>Greets one of them; those who ask for the same at one time share the greeting, which no caller ends.</summary>
    internal Task<T> GreetAsync<T>(PeerClient client, PeerAddress peer, Func<CancellationToken, Task<T>> greet)
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
            var answer = await greet(_ending.Token);
            Note(peer, null);
            return answer;
        }
        catch (SourceException error)
        {
            Note(peer, error);
            throw;
        }
        finally
        {
            lock (_lock)
                _greetings.Remove((client, peer));
        }
    }
}
