namespace Hfmc.Testing;

/// <summary>A clock that moves only when the test says so. Timers fire inside <see cref="Advance"/>, in the order they are due.</summary>
public sealed class ManualTime(DateTimeOffset? start = null) : TimeProvider
{
    readonly Lock _lock = new();
    readonly List<ManualTimer> _timers = [];
    readonly DateTimeOffset _start = start ?? new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    TaskCompletionSource _changed = NewSignal();
    TimeSpan _elapsed, _jumped;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait to fire.</summary>
    public int TimersPending
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _start + _elapsed + _jumped;
    }

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state), isRest: state?.GetType().Name.StartsWith("DelayPromise", StringComparison.Ordinal) is true);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, stopping at each timer that falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var target = Elapsed + by;
        while (TakeDue(target) is { } due)
            due.Fire();
        // Another may have moved it on meanwhile.
        lock (_lock)
            _elapsed = target > _elapsed ? target : _elapsed;
    }

    /// <summary>Sets the wall clock forward or back, as a user or NTP does: timers and timestamps do not notice.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock)
            _jumped += by;
    }

    /// <summary>
    /// Lets time go on, from one timer that is due within this time to the next, until the task has ended: so that what it waits for
    /// passes at once, while requests that it sends take the time that they take.
    /// </summary>
    public async Task RunAsync(Task task, TimeSpan within, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(task, WaitForTimerAsync(within, cancellationToken)) != task)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan next;
            lock (_lock)
                next = _timers.Count > 0 ? _timers.Min(timer => timer.Due) - _elapsed : TimeSpan.Zero;
            if (next <= within)
                Advance(next);
        }
    }

    /// <summary>Completes when at least that many timers wait: the code under test has come to its delay.</summary>
    public Task WaitForTimersAsync(int count, CancellationToken cancellationToken) => WaitAsync(() => _timers.Count >= count, cancellationToken);

    /// <summary>Completes when a timer waits that falls due within this time.</summary>
    public Task WaitForTimerAsync(TimeSpan within, CancellationToken cancellationToken) =>
        WaitAsync(() => _timers.Exists(timer => timer.Due - _elapsed <= within), cancellationToken);

    /// <summary>
    /// Until <paramref name="run"/> ends, each <see cref="Task.Delay(TimeSpan, TimeProvider)"/> of it is over as soon as it has begun. Time stands still
    /// while it does anything else, so that what has a time limit gets all the real time that it needs. For code that does one thing
    /// after the other.
    /// </summary>
    public async Task<T> SkipRestsAsync<T>(Task<T> run, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, WaitAsync(() => _timers.Exists(timer => timer.IsRest), ended.Token));
            if (NextRest() is { } rest && !run.IsCompleted)
                Advance(rest);
            ended.Token.ThrowIfCancellationRequested();
        }
        await ended.CancelAsync();
        return await run;
    }

    TimeSpan? NextRest()
    {
        lock (_lock)
            return _timers.Where(timer => timer.IsRest).Min(timer => (TimeSpan?)(timer.Due - _elapsed));
    }

    async Task WaitAsync(Func<bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (isSo())
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
                return _elapsed;
        }
    }

    ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_lock)
        {
            var next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > target)
                return null;
            _elapsed = next.Due > _elapsed ? next.Due : _elapsed;
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period;
            else
                _timers.Remove(next);
            return next;
        }
    }

    void Schedule(ManualTimer timer, TimeSpan? dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime is { } wait && wait != Timeout.InfiniteTimeSpan)
            {
                (timer.Due, timer.Period) = (_elapsed + wait, period);
                _timers.Add(timer);
            }

            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    sealed class ManualTimer(ManualTime time, Action fire, bool isRest) : ITimer
    {
        public bool IsRest => isRest;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Schedule(this, dueTime, period);
            return true;
        }

        public void Dispose() => time.Schedule(this, null, default);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
