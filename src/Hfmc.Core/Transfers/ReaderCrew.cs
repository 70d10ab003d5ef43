namespace Hfmc.Core.Transfers;

/// <summary>Runs the readers of one source side by side, as many as <see cref="CrewSize"/> finds worth it.</summary>
/// <param name="most">How many at the most.</param>
/// <param name="received">Counts the bytes that all of them have brought.</param>
/// <param name="time">The clock.</param>
sealed class ReaderCrew(int most, Func<long> received, TimeProvider time)
{
    readonly CrewSize _size = new(most, time);
    readonly long _before = received();
    readonly List<Task> _readers = [];
    readonly Lock _lock = new();
    int _working;

    /// <summary>How many there should be now.</summary>
    public int Size => _size.Value;

    /// <summary>Asked by a reader before it begins something new: false sends it home.</summary>
    public bool Stays()
    {
        lock (_lock)
        {
            if (_working <= _size.Value)
                return true;
            _working--;
            return false;
        }
    }

    /// <summary>Returns when all readers have come to their end.</summary>
    public async Task RunAsync(Func<Task> read)
    {
        using var ended = new CancellationTokenSource();
        Fill(read);
        var reading = Task.WhenAll(_readers);
        while (most > 1 && !reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(CrewSize.Look, time, ended.Token));
            _size.Observe(received() - _before);
            if (Fill(read))
                reading = Task.WhenAll(_readers);
        }
        await ended.CancelAsync();
        await reading;
    }

    bool Fill(Func<Task> read)
    {
        var added = 0;
        lock (_lock)
            for (; _working < _size.Value; _working++)
                added++;
        for (var i = 0; i < added; i++)
            _readers.Add(read());
        return added > 0;
    }
}
