using Hfmc.Core.Platform;

namespace Hfmc.Core.Planning;

/// <summary>
/// What was found out lately, by question: an answer is good for a while, equal questions at one time are one, and the least used
/// go when it is too much. Safe for several threads.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="mostEntries">How many answers are kept.</param>
/// <param name="mostWeight">How much all of them may weigh.</param>
/// <param name="weigh">The weight of an answer.</param>
sealed class Recent<TKey, TAnswer>(TimeProvider time, int mostEntries, long mostWeight, Func<TAnswer, long> weigh)
    where TKey : notnull
    where TAnswer : class
{
    readonly Lock _lock = new();
    readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    readonly LinkedList<Entry> _byUse = [];
    long _weight;

    /// <summary>The last answer, however old; null when there is none.</summary>
    public TAnswer? Last(TKey key)
    {
        lock (_lock)
            return _entries.TryGetValue(key, out var node) ? node.Value.Answer : null;
    }

    /// <summary>
    /// The answer that is known and not older than <paramref name="good"/> says, else that of <paramref name="ask"/>, which gets the last one; its null is not kept.
    /// Who leaves does not end a question that is under way.
    /// </summary>
    public Task<TAnswer?> GetAsync(TKey key, Func<TAnswer, TimeSpan> good, Func<TAnswer?, Task<TAnswer?>> ask, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var entry = Touch(key);
            if (entry.Answer is { } known && entry.Asking is null && time.Steady() < entry.At + good(known))
                return Task.FromResult<TAnswer?>(known);
            return (entry.Asking ??= AskAsync(entry, ask)).WaitAsync(cancellationToken);
        }
    }

    async Task<TAnswer?> AskAsync(Entry entry, Func<TAnswer?, Task<TAnswer?>> ask)
    {
        // The lock is held by who begins this.
        await Task.Yield();
        TAnswer? answer = null;
        try
        {
            return answer = await ask(entry.Answer);
        }
        finally
        {
            lock (_lock)
                Keep(entry, answer);
        }
    }

    void Keep(Entry entry, TAnswer? answer)
    {
        entry.Asking = null;
        if (!_entries.TryGetValue(entry.Key, out var node) || node.Value != entry)
            return;
        if (answer is null)
        {
            if (entry.Answer is null)
                Remove(node);
            return;
        }
        _weight += weigh(answer) - entry.Weight;
        (entry.Answer, entry.Weight, entry.At) = (answer, weigh(answer), time.Steady());
        while ((_entries.Count > mostEntries || _weight > mostWeight) && _byUse.First is { } oldest)
            Remove(oldest);
    }

    void Remove(LinkedListNode<Entry> node)
    {
        _weight -= node.Value.Weight;
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
    }

    Entry Touch(TKey key)
    {
        if (_entries.TryGetValue(key, out var node))
            _byUse.Remove(node);
        else
            _entries[key] = node = new(new Entry(key));
        _byUse.AddLast(node);
        return node.Value;
    }

    sealed class Entry(TKey key)
    {
        public TKey Key { get; } = key;

        public TAnswer? Answer { get; set; }

        public TimeSpan At { get; set; }

        public long Weight { get; set; }

        public Task<TAnswer?>? Asking { get; set; }
    }
}
